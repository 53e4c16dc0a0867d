//! A folder of help, and the program run in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::figures;

/// A folder of help and the program run in it.
pub struct TestStore {
    pub folder: TempDir,
}

pub struct Run {
    pub output: Output,
    folder: PathBuf,
}

impl TestStore {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn article(self, path: &str, title: &str, answer: &str) -> Self {
        self.file(path, format!("---\ntitle: {title}\n---\n{answer}\n"))
    }

    pub fn run<const N: usize>(&self, args: [&str; N]) -> Run {
        self.run_all(&args)
    }

    pub fn run_all(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// With more in the environment; keys of help desks that the machine may have are not in it.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Run {
        let mut command = Command::new(figures::program(env!("CARGO_BIN_EXE_helpnook")));
        for name in [
            "ZENDESK_OAUTH_TOKEN",
            "ZENDESK_EMAIL",
            "ZENDESK_API_TOKEN",
            "SMART_TRIBUNE_API_KEY",
            "SMART_TRIBUNE_API_SECRET",
        ] {
            command.env_remove(name);
        }
        let output = command.args(args).envs(env.iter().copied()).current_dir(self.folder.path()).output().unwrap();
        Run { output, folder: self.folder.path().to_owned() }
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(path)).unwrap()
    }
}

impl Run {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    pub fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout().contains(text), "stdout lacks {text:?}:\n{}", self.stdout());
        self
    }

    pub fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr().contains(text), "stderr lacks {text:?}:\n{}", self.stderr());
        self
    }

    pub fn success(self) -> Self {
        assert!(self.output.status.success(), "{}\n{}", self.stdout(), self.stderr());
        self
    }

    pub fn fails_with(self, code: i32) -> Self {
        assert_eq!(self.output.status.code(), Some(code), "{}\n{}", self.stdout(), self.stderr());
        self
    }

    pub fn wrote_nothing(self, path: &str) -> Self {
        let path = self.folder.join(path);
        let there: Vec<_> =
            fs::read_dir(&path).map(|all| all.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default();
        assert!(there.is_empty(), "{there:?}");
        self
    }
}

/// A small shop: two languages, a collection, a rule, a link between articles.
pub fn shop() -> TestStore {
    TestStore::new()
        .file("help/en/_collections.yaml", "- id: returns\n  title: Returns\n  icon: return\n")
        .file(
            "help/en/send-back.md",
            "---\ntitle: How do I send something back?\ncollection: returns\nphrasings:\n  - it does not fit\nrules:\n  - page: cart\n    \
             signal: coupon-rejected\n---\nRegister it under [Returns](/returns), then see [refunds](article:refund).\n",
        )
        .article("help/en/refund.md", "Where is my refund?", "Five days after the parcel reaches us.")
        .article("help/de/rueckgabe.md", "Wie gebe ich etwas zurück?", "Melden Sie die Rückgabe an.")
}
