//! Brackets: groups, tuples, intervals, sets, absolute values.

use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::token::Kind;
use crate::math::tree::{Function, Interval, Node};

impl Parser<'_> {
    /// `( … )`, `[ … ]` and mixtures, also `] … [`.
    pub(super) fn bracket(&mut self) -> Parsed {
        let opener = self.next().ok_or(Limit::Unparsed)?;
        let bars = std::mem::take(&mut self.bars);
        if opener.is(b'(') && self.take_sign(b')') {
            return Err(Limit::Unparsed);
        }
        let mut items = self.items()?;
        self.bars = bars;
        let closer = self.next().ok_or(Limit::Unparsed)?;
        let square = [opener.is(b'['), closer.is(b']')];
        let (open_low, open_high) = (opener.is(b']'), closer.is(b'['));
        if !(closer.is(b')') || closer.is(b']') || open_high) {
            return Err(Limit::Unparsed);
        }
        let mixed = square[0] != square[1] || open_low || open_high;
        match items.len() {
            1 if !mixed => items.pop().ok_or(Limit::Unparsed),
            2 if mixed || square[0] || items.iter().any(Node::is_infinite) => {
                let high = items.pop().ok_or(Limit::Unparsed)?;
                let low = items.pop().ok_or(Limit::Unparsed)?;
                let [low_closed, high_closed] = square;
                Ok(Node::Interval(Box::new(Interval { low, high, low_closed, high_closed })))
            }
            _ if !mixed => Ok(Node::Tuple(items)),
            _ => Err(Limit::Unparsed),
        }
    }

    /// `\{ … \}`, also `\{ x \mid … \}`.
    pub(super) fn set(&mut self) -> Parsed {
        self.at += 1;
        if self.take_kind(Kind::CloseSet) {
            return Ok(Node::Set(Vec::new()));
        }
        let bars = std::mem::replace(&mut self.bars, 1);
        let items = self.items()?;
        self.bars = bars;
        if self.take_kind(Kind::CloseSet) {
            return Ok(Node::Set(items));
        }
        let builder = self.take_sign(b'|') || self.take_sign(b':') || {
            let mid = self.at_command("mid");
            self.at += usize::from(mid);
            mid
        };
        if !builder || items.len() != 1 {
            return Err(Limit::Unparsed);
        }
        let mut conditions = self.items()?;
        if !self.take_kind(Kind::CloseSet) || conditions.len() != 1 {
            return Err(Limit::Unparsed);
        }
        conditions.pop().ok_or(Limit::Unparsed)
    }

    /// `| … |`.
    pub(super) fn bars(&mut self) -> Parsed {
        self.expect_sign(b'|')?;
        let outer = self.bars;
        self.bars += 1;
        let inside = self.sum();
        self.bars = outer;
        let inside = inside?;
        self.expect_sign(b'|')?;
        Ok(match inside {
            Node::Matrix(_) => Node::Call("det".into(), vec![inside]),
            _ => Node::apply(Function::Abs, [inside]),
        })
    }

    /// `\langle 1, 2 \rangle`.
    pub(super) fn angle_bracket(&mut self) -> Parsed {
        let items = self.items()?;
        self.expect_command("rangle")?;
        Ok(Node::Tuple(items))
    }
}
