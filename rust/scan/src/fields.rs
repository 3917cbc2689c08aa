//! What the fields of a row are called, here and by others.

use std::collections::BTreeMap;

/// What a field says of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The benchmark.
    Task,
    /// The answer kind.
    Kind,
    /// The problem's id.
    Problem,
    /// The problem's text, which names it where it has no id.
    Question,
    /// The pool member.
    Model,
    /// The model as the endpoint knows it.
    ApiModel,
    /// The sampling parameters, an object.
    Params,
    /// The identity of the prompt.
    Prompt,
    /// The member's place in the pool.
    PoolIndex,
    /// The early exit the sample was drawn under.
    Stop,
    /// The number of the sample.
    Index,
    /// The response, or a list of them.
    Response,
    /// Why the response ended, or a list.
    Finish,
    /// Why there is no response.
    Error,
    /// Token counts, an object.
    Usage,
    /// Tokens of the prompt.
    PromptTokens,
    /// Tokens of the response.
    CompletionTokens,
    /// The reference answer.
    Reference,
    /// The option texts.
    Choices,
}

/// How many roles there are.
pub(crate) const ROLES: usize = Role::Choices as usize + 1;

/// The names of each role, the best first: our own, then those of other tools.
const NAMES: [(Role, &[&str]); ROLES] = [
    (Role::Task, &["task", "task_name", "dataset", "bench"]),
    (Role::Kind, &["kind"]),
    (
        Role::Problem,
        &[
            "problem_id",
            "question_id",
            "unique_id",
            "uuid",
            "qid",
            "doc_id",
            "sample_id",
            "custom_id",
            "problem_idx",
            "idx",
            "id",
        ],
    ),
    (Role::Question, &["problem", "question", "prompt", "input"]),
    (Role::Model, &["model", "model_name", "generation_model", "generator"]),
    (Role::ApiModel, &["api_model"]),
    (Role::Params, &["params"]),
    (Role::Prompt, &["prompt_sha256"]),
    (Role::PoolIndex, &["pool_index"]),
    (Role::Stop, &["stop"]),
    (Role::Index, &["sample_index", "generation_index", "sample", "sample_idx", "epoch"]),
    (
        Role::Response,
        &[
            "response",
            "responses",
            "generation",
            "generations",
            "model_response",
            "completion",
            "completions",
            "generated_solution",
            "generated_text",
            "raw_content",
            "samples",
            "prediction",
            "output",
        ],
    ),
    (Role::Finish, &["finish_reason", "finish_reasons", "stop_reason"]),
    (Role::Error, &["error"]),
    (Role::Usage, &["usage", "token_usage"]),
    (Role::PromptTokens, &["prompt_tokens", "input_tokens"]),
    (Role::CompletionTokens, &["completion_tokens", "output_tokens", "num_generated_tokens"]),
    (
        Role::Reference,
        &[
            "reference_answer",
            "expected_answer",
            "gold_answer",
            "ground_truth",
            "gt_answer",
            "gold",
            "reference",
            "target",
            "gts",
            "gt",
            "answer",
        ],
    ),
    (Role::Choices, &["choices", "options"]),
];

impl Role {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; ROLES] = {
        let mut all = [Self::Task; ROLES];
        let mut at = 0;
        while at < ROLES {
            all[at] = NAMES[at].0;
            at += 1;
        }
        all
    };

    /// What the role is called in a sample log, in mappings and in messages.
    pub fn name(self) -> &'static str {
        NAMES[self as usize].1[0]
    }

    /// The names of all roles, in their order.
    pub const NAMES: [&'static str; ROLES] = {
        let mut all = [""; ROLES];
        let mut at = 0;
        while at < ROLES {
            all[at] = NAMES[at].1[0];
            at += 1;
        }
        all
    };

    /// Whether a value of it may have fields of its own.
    fn may_hold_fields(self) -> bool {
        matches!(self, Self::Question | Self::Params | Self::Error | Self::Usage)
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names[0] == name).map(|&(role, _)| role)
    }
}

/// The names of those fields of responses that hold lists.
const LISTS: [&str; 4] = ["responses", "generations", "completions", "samples"];

/// A role and how well its name is known: of two fields of one role the lower counts.
pub(crate) type Meaning = Option<(Role, u8)>;

/// A field inside of another one, named by the way there.
#[derive(Clone, Debug)]
pub(crate) struct Nested {
    pub(crate) role: Role,
    /// The name of the outermost field.
    pub(crate) first: String,
    /// Names in objects, and places from 0 in lists.
    pub(crate) rest: Vec<String>,
}

impl Nested {
    /// The way that a name with dots tells.
    fn of(role: Role, name: &str) -> Option<Self> {
        let mut steps = name.split('.').map(str::to_owned);
        let (first, rest) = (steps.next()?, steps.collect::<Vec<_>>());
        let whole = !rest.is_empty() && !first.is_empty() && rest.iter().all(|s| !s.is_empty());
        whole.then_some(Self { role, first, rest })
    }
}

/// Which field has which role.
#[derive(Clone, Debug)]
pub struct Fields {
    by_name: BTreeMap<String, (Role, u8)>,
    nested: Vec<Nested>,
}

impl Default for Fields {
    fn default() -> Self {
        Self::new(&BTreeMap::new())
    }
}

impl Fields {
    /// The known names, but for each role in `map` only the name it gives: that of a field, or
    /// where no field is called so and there are dots in it, the way to one inside of others.
    pub fn new(map: &BTreeMap<Role, String>) -> Self {
        let known = NAMES.iter().filter(|(role, _)| !map.contains_key(role));
        let known = known.flat_map(|&(role, names)| {
            (0..).zip(names).map(move |(rank, &name)| (name.to_owned(), (role, rank)))
        });
        let mut by_name: BTreeMap<_, _> = known.collect();
        by_name.extend(map.iter().map(|(&role, name)| (name.clone(), (role, rank(role, name)))));
        let nested: Vec<_> =
            map.iter().filter_map(|(&role, name)| Nested::of(role, name)).collect();
        let within = |name: &String| nested.iter().any(|one| one.first == *name);
        // `choices` that hold messages are no options.
        by_name.retain(|name, (role, _)| role.may_hold_fields() || !within(name));
        Self { by_name, nested }
    }

    /// The fields to look for inside of others.
    pub(crate) fn nested(&self) -> &[Nested] {
        &self.nested
    }

    pub(crate) fn meaning(&self, name: &str) -> Meaning {
        self.by_name.get(name).copied()
    }
}

/// How well a name is known that was given for a role.
fn rank(role: Role, name: &str) -> u8 {
    let at = NAMES[role as usize].1.iter().position(|&known| known == name);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

/// Whether the responses of a field are lists, by its name: where it is null there are none.
pub(crate) fn lists(rank: u8) -> bool {
    let name = NAMES[Role::Response as usize].1.get(usize::from(rank));
    name.is_some_and(|name| LISTS.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_at_its_own_place() {
        assert!(NAMES.iter().enumerate().all(|(at, &(role, _))| role as usize == at));
    }

    #[test]
    fn a_mapping_replaces_the_known_names_of_its_role() {
        let fields = Fields::new(&BTreeMap::from([(Role::Response, "text".to_owned())]));
        assert_eq!(fields.meaning("text"), Some((Role::Response, 0)));
        assert_eq!(fields.meaning("response"), None);
        assert_eq!(fields.meaning("model"), Some((Role::Model, 0)));
    }

    #[test]
    fn lists_are_known_by_their_names() {
        let known = NAMES[Role::Response as usize].1.iter().copied();
        let found: Vec<_> = (0..).zip(known).filter(|&(rank, _)| lists(rank)).collect();
        assert_eq!(found.iter().map(|&(_, name)| name).collect::<Vec<_>>(), LISTS);
        let fields = Fields::new(&BTreeMap::from([(Role::Response, "generations".to_owned())]));
        assert!(fields.meaning("generations").is_some_and(|(_, rank)| lists(rank)));
    }

    #[test]
    fn a_name_with_dots_may_be_a_way() {
        let steps = |name| {
            let fields = Fields::new(&BTreeMap::from([(Role::Response, String::from(name))]));
            assert_eq!(fields.meaning(name), Some((Role::Response, 0)));
            fields.nested().iter().map(|n| (n.first.clone(), n.rest.join("/"))).next()
        };
        assert_eq!(steps("a.0.b"), Some(("a".to_owned(), "0/b".to_owned())));
        for plain in ["a", ".", ".a", "a.", "a..b"] {
            assert_eq!(steps(plain), None, "{plain}");
        }
    }

    #[test]
    fn what_holds_a_field_is_no_text() {
        let map = [(Role::Response, "choices.0.text"), (Role::PromptTokens, "usage.in")];
        let fields = Fields::new(&map.map(|(role, way)| (role, way.to_owned())).into());
        assert_eq!(fields.meaning("choices"), None);
        assert_eq!(fields.meaning("options"), Some((Role::Choices, 1)));
        assert_eq!(fields.meaning("usage"), Some((Role::Usage, 0)));
    }
}
