//! Environments: matrices, arrays and cases.

use super::lists::one_or;
use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::token::Kind;
use crate::math::tree::Node;

const MATRICES: [&str; 8] =
    ["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"];
/// Rows and columns together.
const MOST_CELLS: usize = 400;

impl Parser<'_> {
    /// What stands between `\begin{name}` and its end.
    pub(super) fn environment(&mut self) -> Parsed {
        let name = self.environment_name()?;
        let plain = name.trim_end_matches('*');
        if plain == "array" {
            self.skip_columns();
        }
        let rows = self.rows()?;
        self.expect_command("end")?;
        if self.environment_name()? != name {
            return Err(Limit::Unparsed);
        }
        match plain {
            "cases" => rows
                .into_iter()
                .map(|row| one_or(row, Node::Tuple))
                .collect::<Result<_, _>>()
                .map(Node::List),
            "vmatrix" => Ok(Node::Call("det".into(), vec![Node::Matrix(rows)])),
            _ if MATRICES.contains(&plain) => Ok(Node::Matrix(rows)),
            _ => Err(Limit::Unparsed),
        }
    }

    fn environment_name(&mut self) -> Result<String, Limit> {
        self.expect_sign(b'{')?;
        let mut name = String::new();
        while let Some(token) = self.next() {
            if token.is(b'}') {
                return Ok(name);
            }
            if name.len() > 16 {
                break;
            }
            name.push_str(token.text);
        }
        Err(Limit::Unparsed)
    }

    /// The `{cc|c}` of an array.
    fn skip_columns(&mut self) {
        if self.at_sign(b'{') {
            while self.next().is_some_and(|token| !token.is(b'}')) {}
        }
    }

    fn rows(&mut self) -> Result<Vec<Vec<Node>>, Limit> {
        let bars = std::mem::take(&mut self.bars);
        let mut rows = Vec::new();
        let mut cells = 0;
        loop {
            if self.at_command("end") {
                break;
            }
            let mut row = vec![self.cell()?];
            while self.take_sign(b'&') {
                row.push(self.cell()?);
            }
            cells += row.len();
            rows.push(row);
            if cells > MOST_CELLS {
                return Err(Limit::Size);
            }
            if !self.take_kind(Kind::Row) {
                break;
            }
            // Backslashes that were escaped twice.
            while self.take_kind(Kind::Row) {}
            self.skip_row_space();
        }
        self.bars = bars;
        let width = rows.first().map_or(0, Vec::len);
        if rows.is_empty() || rows.iter().any(|row| row.len() != width) {
            return Err(Limit::Unparsed);
        }
        Ok(rows)
    }

    /// `\\[2pt]`.
    fn skip_row_space(&mut self) {
        let space = self.at_sign(b'[')
            && self.ahead(1).is_some_and(|token| token.kind == Kind::Number)
            && self
                .ahead(2)
                .is_some_and(|token| matches!(token.text, "pt" | "ex" | "em" | "mm" | "cm"))
            && self.ahead(3).is_some_and(|token| token.is(b']'));
        self.at += if space { 4 } else { 0 };
    }

    /// A value or a relation; words as a condition.
    fn cell(&mut self) -> Parsed {
        let depth = self.depth;
        self.deeper(Self::item).inspect_err(|_| self.depth = depth)
    }
}
