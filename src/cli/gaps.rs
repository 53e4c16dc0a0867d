//! `helpnook gaps SOURCE… --db inbox.db -o DIR`: what shoppers did not find, what could be written, and what that would gain.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{CliError, Exit, build, check, print_line, report, sources};
use crate::content::{self, Content, write};
use crate::index::Index;
use crate::insight::gaps::{self, ANSWERED, Gap, Proposal, Question};
use crate::insight::texts::Texts;
use crate::search;

/// Most questions of a gap that are shown.
const MAX_SHOWN: usize = 5;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders and files of help
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    #[command(flatten)]
    told: report::Told,
    /// Folder for proposals: changed articles and drafts, as Markdown to edit
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Leaves out what was asked less often: a question of one shopper is nobody else's business
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    min: u64,
    /// Most gaps of a language
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// JSON Lines of judged queries, as `check` takes them: asked before and after
    #[arg(short, long)]
    golden: Vec<PathBuf>,
    /// Language that it is told in: en, fr, de, pt or ro
    #[arg(long, default_value = "en")]
    lang: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How many questions are answered, weighed by how often they were asked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Answered {
    /// All of them.
    n: u64,
    /// Now.
    before: u64,
    /// With the proposals.
    after: u64,
}

impl Answered {
    fn json(self) -> Value {
        json!({ "asked": self.n, "answered_before": self.before, "answered_after": self.after })
    }
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let (files, mut problems) = sources::read(&args.sources)?;
    let mut before = content::read_all(&files);
    before.problems.append(&mut problems);
    let tally = report::tallied(&args.told)?;
    let indexes = build::indexes(&before.help)?;
    let today = jiff::Zoned::now().date().to_string();
    let mut asked: BTreeMap<String, Vec<Question>> = BTreeMap::new();
    for ((lang, text), (unanswered, voted_down)) in tally.questions {
        // Help in `pt-br` may be the index of `pt`.
        let short = lang.split('-').next().unwrap_or_default().to_owned();
        let lang = if indexes.contains_key(&lang) { lang } else { short };
        asked.entry(lang).or_default().push(Question { text, unanswered, voted_down });
    }
    let mut found: Vec<(String, Vec<Gap>)> = Vec::new();
    for (lang, questions) in asked {
        let Some(index) = indexes.get(&lang) else {
            let n = questions.len().to_string();
            eprintln!("{}", Texts::of(&args.lang).fill("gaps-no-articles", &[("n", &n), ("lang", &lang)]));
            continue;
        };
        let mut gaps = gaps::find(&lang, questions, index, args.min, &today);
        gaps.truncate(args.limit);
        found.push((lang, gaps));
    }
    let after = with_proposals(&before, &found);
    let indexes_after = build::indexes(&after.help)?;
    let (all, others) = replay(&found, &indexes, &indexes_after);
    let findings = (check::counted(&before, &indexes), check::counted(&after, &indexes_after));
    let mut golden = Vec::new();
    for path in &args.golden {
        golden.push((path.display().to_string(), check::mrr(path, &indexes)?, check::mrr(path, &indexes_after)?));
    }
    if let Some(out) = &args.out {
        write_proposals(out, &before, &after, &found)?;
    }
    if args.json {
        print_line(&format!("{:#}", as_json(&found, all, others, &findings, &golden)));
    } else {
        tell(Texts::of(&args.lang), &found, all, others, &findings, &golden);
    }
    Ok(Exit::Done)
}

/// The content as it would be with every proposal taken.
fn with_proposals(content: &Content, found: &[(String, Vec<Gap>)]) -> Content {
    let mut after = content.clone();
    for (lang, gaps) in found {
        let Some(help) = after.help.get_mut(lang) else { continue };
        for gap in gaps {
            match &gap.proposal {
                Proposal::Phrasings { article, phrasings } => {
                    if let Some(article) = help.articles.iter_mut().find(|one| one.id == *article) {
                        let new: Vec<&String> =
                            phrasings.iter().filter(|one| !article.phrasings.contains(one)).collect();
                        article.phrasings.extend(new.into_iter().cloned());
                    }
                }
                Proposal::Draft(draft) => {
                    let mut draft = draft.as_ref().clone();
                    while help.articles.iter().chain(&help.internal).any(|one| one.id == draft.id) {
                        draft.id.push_str("-new");
                    }
                    help.articles.push(draft);
                }
            }
        }
    }
    after
}

/// Asks every question again: all of them, and those whose words no proposal took up.
fn replay(
    found: &[(String, Vec<Gap>)],
    before: &BTreeMap<String, Index>,
    after: &BTreeMap<String, Index>,
) -> (Answered, Answered) {
    let (mut all, mut others) = (Answered::default(), Answered::default());
    let answers = |indexes: &BTreeMap<String, Index>, lang: &str, text: &str| {
        indexes.get(lang).is_some_and(|index| search::rank(index, text, 1).0 >= ANSWERED)
    };
    for (lang, gaps) in found {
        for gap in gaps {
            let taken = gap.taken();
            for question in gap.questions.iter() {
                let now = u64::from(answers(before, lang, &question.text)) * question.times();
                let then = u64::from(answers(after, lang, &question.text)) * question.times();
                let add = |sum: &mut Answered| {
                    sum.n += question.times();
                    sum.before += now;
                    sum.after += then;
                };
                add(&mut all);
                if !taken.contains(question.text.as_str()) {
                    add(&mut others);
                }
            }
        }
    }
    (all, others)
}

/// Writes what the proposals change: whole articles, drafts marked as such so that no build publishes them.
fn write_proposals(
    out: &Path,
    before: &Content,
    after: &Content,
    found: &[(String, Vec<Gap>)],
) -> Result<(), CliError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (lang, _) in found {
        let known: BTreeMap<&str, _> = before
            .help
            .get(lang)
            .into_iter()
            .flat_map(|help| &help.articles)
            .map(|one| (one.id.as_str(), one))
            .collect();
        for article in after.help.get(lang).into_iter().flat_map(|help| &help.articles) {
            let text = match known.get(article.id.as_str()) {
                Some(old) if *old == article => continue,
                Some(_) => write::article(article),
                None => write::article(article).replacen("---\n", "---\ndraft: true\n", 1),
            };
            files.push((format!("{lang}/{}.md", content::import::slug(&article.id)), text.into_bytes()));
        }
    }
    build::write(out, &files)
}

/// Findings of `check` by rule, before and after.
type Findings = (BTreeMap<&'static str, usize>, BTreeMap<&'static str, usize>);

fn tell(
    t: Texts,
    found: &[(String, Vec<Gap>)],
    all: Answered,
    others: Answered,
    findings: &Findings,
    golden: &[(String, f64, f64)],
) {
    for (lang, gaps) in found {
        for gap in gaps {
            let n = gap.times().to_string();
            print_line(&match &gap.proposal {
                Proposal::Phrasings { article, .. } => {
                    t.fill("gaps-phrasings", &[("lang", lang), ("n", &n), ("article", article)])
                }
                Proposal::Draft(draft) => t.fill("gaps-draft", &[("lang", lang), ("n", &n), ("title", &draft.title)]),
            });
            for question in gap.questions.iter().take(MAX_SHOWN) {
                print_line(&format!("  {:>5}  {}", question.times(), question.text));
            }
        }
    }
    let n_gaps = found.iter().map(|(_, gaps)| gaps.len()).sum::<usize>().to_string();
    for (key, answered) in [("gaps-all", all), ("gaps-others", others)] {
        let [asked, before, after] = [answered.n, answered.before, answered.after].map(|n| n.to_string());
        print_line(&t.fill(key, &[("n", &n_gaps), ("asked", &asked), ("before", &before), ("after", &after)]));
    }
    let rules: BTreeSet<&str> = findings.0.keys().chain(findings.1.keys()).copied().collect();
    for rule in rules {
        let of = |all: &BTreeMap<&str, usize>| all.get(rule).copied().unwrap_or(0);
        let (before, after) = (of(&findings.0), of(&findings.1));
        if before != after {
            let (before, after) = (before.to_string(), after.to_string());
            print_line(&t.fill("gaps-check", &[("rule", rule), ("before", &before), ("after", &after)]));
        }
    }
    for (file, before, after) in golden {
        let (before, after) = (format!("{before:.3}"), format!("{after:.3}"));
        print_line(&t.fill("gaps-golden", &[("file", file), ("before", &before), ("after", &after)]));
    }
}

fn as_json(
    found: &[(String, Vec<Gap>)],
    all: Answered,
    others: Answered,
    findings: &Findings,
    golden: &[(String, f64, f64)],
) -> Value {
    let gap = |lang: &str, gap: &Gap| {
        let proposal = match &gap.proposal {
            Proposal::Phrasings { article, phrasings } => json!({ "article": article, "phrasings": phrasings }),
            Proposal::Draft(draft) => json!({ "draft": draft.id, "title": draft.title, "phrasings": draft.phrasings }),
        };
        let questions: Vec<Value> = gap
            .questions
            .iter()
            .map(|one| json!({ "question": one.text, "unanswered": one.unanswered, "voted_down": one.voted_down }))
            .collect();
        json!({ "lang": lang, "times": gap.times(), "questions": questions, "proposal": proposal })
    };
    let all_gaps: Vec<Value> =
        found.iter().flat_map(|(lang, gaps)| gaps.iter().map(move |one| gap(lang, one))).collect();
    let golden: Vec<Value> = golden
        .iter()
        .map(|(name, before, after)| json!({ "file": name, "mrr_before": before, "mrr_after": after }))
        .collect();
    json!({ "gaps": all_gaps, "replay": all.json(), "replay_other_words": others.json(),
        "findings_before": findings.0, "findings_after": findings.1, "golden": golden })
}
