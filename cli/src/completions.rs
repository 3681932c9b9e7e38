//! Completion scripts and the manual, both made from the one definition of the command line.

use std::fmt::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit;

#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs, command: &Command) {
    clap_complete::generate(
        args.shell,
        &mut visible(command),
        "spacemesh",
        &mut std::io::stdout(),
    );
}

/// The command line without what is hidden; the generators would offer that too.
fn visible(command: &Command) -> Command {
    Command::new("spacemesh")
        .args(command.get_arguments().cloned())
        .subcommands(
            command
                .get_subcommands()
                .filter(|sub| !sub.is_hide_set())
                .cloned(),
        )
}

/// Every command with its help, as Markdown.
pub(crate) fn manual(command: &Command) -> String {
    let mut text = String::from(
        "# The terminal: `spacemesh`\n\nMade from the definition of the command line by `spacemesh manual`; a test keeps it in step.\n\n\
         `spacemesh completions SHELL` prints a completion script for bash, elvish, fish, powershell or zsh.\n\n## Exit codes\n\n| code | meaning |\n|---|---|\n",
    );
    for (code, meaning) in exit::Exit::TABLE {
        let _ = writeln!(text, "| {code} | {meaning} |");
    }
    let mut command = command.clone().after_help("").term_width(100);
    command.build();
    section(&mut text, &mut command, "");
    text
}

fn section(text: &mut String, command: &mut Command, parents: &str) {
    let name = format!("{parents}{}", command.get_name());
    let help = command.render_long_help().to_string();
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        text,
        "\n## `{name}`\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    );
    let children: Vec<String> = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for child in children {
        if let Some(sub) = command.find_subcommand_mut(&child) {
            section(text, sub, &format!("{name} "));
        }
    }
}
