//! What happened in the help, counted: events in, figures with their definitions out.
//!
//! Events name no shopper and carry nothing that could be joined to one: instead of an identifier, each says
//! what came before it in its visit, which the device alone knows. So a visit can be counted and never followed.
//!
//! - [`vocabulary`]: every event there is and what it may say; the one place, for programs and for people.
//! - [`event`]: events as they come, checked: what is forged, damaged or of another version is refused.
//! - [`tally`], [`stats`], [`kpi`]: events added up, shares with honest intervals, figures with definitions.
//! - [`texts`]: what report and proposals say, each figure with its definition, in five languages.
//! - [`report`]: one page, one table or one object of all that.
//! - [`gaps`]: what shoppers asked and did not find, and what could be written.
//! - [`personal`]: what could name a person is masked out of questions.

pub mod event;
pub mod gaps;
pub mod kpi;
pub mod personal;
pub mod report;
pub mod stats;
pub mod tally;
pub mod texts;
pub mod vocabulary;
