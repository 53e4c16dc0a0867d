//! The AI bot's endpoint, as the configuration file says it.

use std::path::Path;

use saphyr::MarkedYaml;

use super::{Wrong, line_of, rows, text_of};
use crate::secrets;
use crate::server::{Bot, Secret};

/// Reads the rows below `bot`.
pub fn read(node: &MarkedYaml<'_>, folder: &Path) -> Result<Bot, Wrong> {
    let (mut url, mut model, mut key) = (String::new(), String::new(), Secret::default());
    for (name, value) in rows(node)? {
        let at = text_of(name)?;
        let wrong = |what: String| (line_of(value), format!("bot: {at}: {what}"));
        match at.as_str() {
            "url" => {
                url = text_of(value)?;
                let is_near = ["http://127.0.0.1", "http://localhost"].iter().any(|near| url.starts_with(near));
                if !url.starts_with("https://") && !is_near {
                    return Err(wrong(format!("`{url}` is no address: expected https://api.provider.example/v1")));
                }
                if secrets::looks_like(&url).is_some() {
                    return Err(wrong("a key in an address ends up in logs: put it into `key-file`".to_owned()));
                }
            }
            "model" => model = text_of(value)?,
            "key-file" => {
                let path = folder.join(text_of(value)?);
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| wrong(format!("{}: {error}: name a file that can be read", path.display())))?;
                key = Secret(text.lines().next().unwrap_or_default().trim().to_owned());
            }
            _ => {
                let known = "url, model, key-file";
                return Err((line_of(name), format!("bot: unknown setting `{at}`: expected one of {known}")));
            }
        }
    }
    if url.is_empty() {
        return Err((line_of(node), "bot: `url` is missing: `--print-config` shows an example".to_owned()));
    }
    Ok(Bot { url, model, key })
}
