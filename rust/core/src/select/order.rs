//! In which order equally sure members go, for studies that need it before there is a tie.

use super::options::{Options, Plan, SelectError, Tie};
use super::{Claim, Question};
use crate::table::Table;

/// The members of a pool, the one that wins a tie first.
pub struct TieOrder<'a> {
    table: &'a Table,
    plan: Plan,
    pool: Vec<u32>,
}

impl<'a> TieOrder<'a> {
    /// The order of the pool of `options`; of `single:NAME` that is one member.
    pub fn new(table: &'a Table, options: &Options<'_>) -> Result<Self, SelectError> {
        let plan = Plan::new(table, options)?;
        let members = 0..u32::try_from(table.members().len()).unwrap_or(u32::MAX);
        let mut pool: Vec<u32> = members.filter(|&member| plan.place(member).is_some()).collect();
        pool.sort_unstable_by_key(|&member| plan.place(member));
        Ok(Self { table, plan, pool })
    }

    /// Whether the order is another for each problem.
    pub fn varies(&self) -> bool {
        self.plan.tie == Tie::Random
    }

    /// The members, in pool order.
    pub fn pool(&self) -> &[u32] {
        &self.pool
    }

    /// The members in tie order on one problem, as places in the pool.
    pub fn on(&self, problem: u32) -> Vec<usize> {
        let question = Question { table: self.table, plan: &self.plan, problem };
        let mut places: Vec<u32> = (0..).zip(&self.pool).map(|(place, _)| place).collect();
        places.sort_by_cached_key(|&place| {
            Claim::of_member(question, self.pool[place as usize], place)
        });
        places.into_iter().map(|place| place as usize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Selector;
    use crate::table::Builder;

    fn order(options: &Options<'_>) -> Vec<String> {
        let table = Builder::new(["p"], ["a", "b", "c"], []).finish();
        let order = TieOrder::new(&table, options).expect("members of the table");
        let name = |place: usize| table.members().text(order.pool()[place]).to_owned();
        order.on(0).into_iter().map(name).collect()
    }

    #[test]
    fn accuracy_goes_before_the_pool() {
        let accuracy = vec![("b", 0.5), ("c", 0.7)];
        let options = Options { accuracy, ..Options::default() };
        assert_eq!(order(&options), ["c", "b", "a"]);
        assert_eq!(order(&Options { tie: Tie::Order, ..options }), ["a", "b", "c"]);
        let options = Options { order: Some(vec!["c", "a"]), ..Options::default() };
        assert_eq!(order(&options), ["c", "a"]);
    }

    #[test]
    fn single_is_one_member() {
        let options = Options { selector: Selector::Single("b"), ..Options::default() };
        assert_eq!(order(&options), ["b"]);
    }
}
