//! `namekeep name`: both labels of a name, its suffix, its warnings.

use namekeep_model::Text;
use namekeep_model::name::NameView;
use namekeep_service::{Exit, Failure};

use super::input::each_line;
use crate::args::OneOrMany;
use crate::output::{Output, safe, wrap};

pub(crate) fn run(args: &OneOrMany, output: &Output) -> Result<Exit, Failure> {
    let mut bad = false;
    each_line(&args.text, |text| {
        let view = NameView::of(text, output.lang);
        bad |= matches!(view, NameView::Problem { .. });
        if output.json { output.json_line(&view) } else { print(&view, output) }
    })?;
    // A tool that could answer exits 0 whatever the verdict; one input that is no name is a usage
    // error for a person, while a script reads `error` line by line.
    Ok(if bad && !output.json && args.text != "-" { Exit::Usage } else { Exit::Ok })
}

fn print(view: &NameView, output: &Output) {
    match view {
        NameView::Problem { input, error } => {
            let word = output.say(Text::new("not a domain name", "不是域名"));
            let colon = output.say(Text::new(": ", "："));
            output.line(format!("{}  {word}{colon}{}", safe(input), safe(&error.message)));
            let place = output.say(Text::new("position", "位置"));
            output.line(format!("  {place} {}  {} [{} {}]", error.position, error.hint, error.number, error.code));
        }
        NameView::Name { a_label, u_label, display, registry_suffix, public_suffix, registrable, scripts, details, .. } => {
            let none = output.say(Text::new("none: the name is itself a suffix", "无：该名称本身是后缀"));
            output.line(output.heading(&safe(display)));
            let row = |label: Text, value: &str| output.line(format!("  {}  {value}", pad(output.say(label), 20)));
            row(Text::new("A-label", "A-label"), a_label);
            row(Text::new("U-label", "U-label"), &safe(u_label));
            row(Text::new("public suffix", "公共后缀"), public_suffix);
            row(Text::new("registry suffix", "注册局后缀"), registry_suffix);
            row(Text::new("registrable name", "可注册名称"), registrable.as_deref().unwrap_or(none));
            row(Text::new("scripts", "文字系统"), &scripts.join(", "));
            for detail in details {
                for line in wrap(detail.text.get(output.lang), output.width.saturating_sub(4)) {
                    output.line(format!("  ! {}", safe(&line)));
                }
            }
        }
    }
}

/// Pads a label to a number of cells.
pub(crate) fn pad(text: &str, to: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', to.saturating_sub(crate::output::cells(text))));
    out
}
