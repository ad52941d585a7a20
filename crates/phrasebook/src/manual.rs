//! Pages of the manual and completions, for packages.

use crate::{Language, command};
use clap::{Command, Parser};
use clap_complete::{Shell, generate_to};
use clap_mangen::Man;
use std::{
    fs,
    io::{Error, Result},
    path::{Path, PathBuf},
};

/// The headings and words that clap puts into a page.
const OF_PAGES: [(&str, &str); 14] = [
    (".SH NAME", ".SH 名称"),
    (".SH SYNOPSIS", ".SH 概要"),
    (".SH DESCRIPTION", ".SH 描述"),
    (".SH OPTIONS", ".SH 选项"),
    (".SH SUBCOMMANDS", ".SH 子命令"),
    (".SH VERSION", ".SH 版本"),
    (".SH EXTRA", ".SH 补充"),
    ("<\\fIsubcommands\\fR>", "<\\fI子命令\\fR>"),
    ("Print help (see more with \\*(Aq\\-\\-help\\*(Aq)", "显示帮助（更多说明见 \\-\\-help）"),
    ("Print help (see a summary with \\*(Aq\\-h\\*(Aq)", "显示帮助（简要说明见 \\-h）"),
    ("Print help", "显示帮助"),
    ("Print version", "显示版本"),
    ("Possible values:", "可选值："),
    ("[default: ", "[默认值："),
];

/// Writes the manual of a program, a page for it and for each of its sub-commands in every language, and its completions for bash,
/// zsh and fish. They lie in the folder as in `/usr/share`.
///
/// # Errors
/// A file or a folder cannot be written.
pub fn write_manual<P: Parser>(folder: &Path) -> Result<()> {
    for (language, pages) in [(Language::English, "man/man1"), (Language::Chinese, "man/zh_CN/man1")] {
        let mut command = command::with_option(P::command(), language).disable_help_subcommand(true);
        command.build();
        let source = format!("{} {}", command.get_name(), command.get_version().unwrap_or_default());
        write_pages(command, &source, language, &made(folder, pages)?)?;
    }
    for (shell, completions) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/vendor-completions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let mut command = command::with_option(P::command(), Language::English);
        let name = command.get_name().to_owned();
        let file = generate_to(shell, &mut command, &name, made(folder, completions)?)?;
        // The loader of bash looks for the bare name of the program.
        if shell == Shell::Bash {
            fs::rename(&file, file.with_file_name(name))?;
        }
    }
    Ok(())
}

fn made(folder: &Path, below: &str) -> Result<PathBuf> {
    let folder = folder.join(below);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn write_pages(command: Command, source: &str, language: Language, folder: &Path) -> Result<()> {
    command.get_subcommands().try_for_each(|sub| write_pages(sub.clone(), source, language, folder))?;
    let page = Man::new(command).source(source);
    let mut text = Vec::new();
    page.render(&mut text)?;
    let text = String::from_utf8(text).map_err(Error::other)?;
    let text = match language {
        Language::English => text,
        Language::Chinese => OF_PAGES.into_iter().fold(text, |text, (word, chinese)| text.replace(word, chinese)),
    };
    fs::write(folder.join(page.get_filename()), text)
}
