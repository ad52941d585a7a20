//! The command line: its help and its errors.

use crate::{CHINESE, Language, speak};
use clap::{
    Arg, Command, Parser,
    builder::StyledStr,
    error::{ContextKind, ErrorKind},
};
use std::{
    env,
    io::{IsTerminal, Write, stderr, stdout},
    process::exit,
};

/// The words of clap itself.
const OF_CLAP: [(&str, &str); 17] = [
    ("Usage: ", "用法："),
    ("Usage:", "用法："),
    ("Commands:", "命令："),
    ("Arguments:", "参数："),
    ("Options:", "选项："),
    ("Possible values:", "可选值："),
    ("[possible values: ", "[可选值："),
    ("[default: ", "[默认值："),
    ("[OPTIONS]", "[选项]"),
    ("[COMMAND]", "[命令]"),
    ("<COMMAND>", "<命令>"),
    ("Print help (see more with '--help')", "显示帮助（更多说明见 --help）"),
    ("Print help (see a summary with '-h')", "显示帮助（简要说明见 -h）"),
    ("Print help for the subcommand(s)", "显示子命令的帮助"),
    ("Print help", "显示帮助"),
    ("Print version", "显示版本"),
    ("Print this message or the help of the given subcommand(s)", "显示本帮助或子命令的帮助"),
];

/// Reads the arguments of the program, of which `--lang` is one, and speaks the language of its user from then on. Help and errors
/// end the program, as [`Parser::parse`] does.
pub fn parse<P: Parser>() -> P {
    let arguments: Vec<_> = env::args_os().collect();
    let language = Language::wanted(&arguments);
    speak(language);
    let mut command = with_option(P::command(), language);
    let parsed = command.try_get_matches_from_mut(arguments).and_then(|matches| P::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| match language {
        Language::English => error.exit(),
        Language::Chinese => {
            tell(&command, &error);
            exit(error.exit_code())
        }
    })
}

/// The help of a program and of each of its sub-commands, short and long, as it is shown in a language.
pub fn worded_help<P: Parser>(language: Language) -> Vec<String> {
    fn each(command: &mut Command, language: Language, helps: &mut Vec<String>) {
        for help in [command.render_help(), command.render_long_help()] {
            helps.push(match language {
                Language::English => help.to_string(),
                Language::Chinese => chinese_help(help.to_string(), command),
            });
        }
        command.get_subcommands_mut().for_each(|sub| each(sub, language, helps));
    }
    let mut helps = Vec::new();
    let mut command = with_option(P::command(), language);
    command.build();
    each(&mut command, language, &mut helps);
    helps
}

/// All that a program and its sub-commands say in their help, in English, for tests.
pub fn help_texts<P: Parser>() -> Vec<String> {
    fn of(command: &Command) -> Vec<String> {
        let helps = command.get_arguments().flat_map(|arg| [arg.get_help(), arg.get_long_help()]);
        let own = [command.get_about(), command.get_long_about(), command.get_after_help()];
        let values = command.get_arguments().flat_map(Arg::get_possible_values);
        let values = values.filter_map(|value| value.get_help().map(ToString::to_string));
        let texts = helps.chain(own).flatten().map(ToString::to_string).chain(values);
        texts.chain(command.get_subcommands().flat_map(of)).collect()
    }
    of(&with_option(P::command(), Language::English))
}

/// The command with `--lang`, in a language.
pub(crate) fn with_option(command: Command, language: Language) -> Command {
    let lang = Arg::new("lang").long("lang").value_name("LANGUAGE").global(true).value_parser(["en", "zh"]);
    let command = command.arg(lang.help("Language of messages; that of LC_ALL, LC_MESSAGES or LANG if left out"));
    match language {
        Language::English => command,
        Language::Chinese => chinese(command),
    }
}

fn chinese(command: Command) -> Command {
    let text = |text: &StyledStr| CHINESE.text(&text.to_string());
    let command = command.mut_args(|arg| {
        let (help, long) = (arg.get_help().map(text), arg.get_long_help().map(text));
        let arg = if let Some(help) = help { arg.help(help) } else { arg };
        if let Some(long) = long { arg.long_help(long) } else { arg }
    });
    let (about, long) = (command.get_about().map(text), command.get_long_about().map(text));
    let after = command.get_after_help().map(text);
    let command = if let Some(about) = about { command.about(about) } else { command };
    let command = if let Some(long) = long { command.long_about(long) } else { command };
    let command = if let Some(after) = after { command.after_help(after) } else { command };
    command.mut_subcommands(chinese)
}

/// Prints help or an error.
fn tell(command: &Command, error: &clap::Error) {
    let said = error.render();
    // Nobody can be told if this fails.
    let _ = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let help = if stdout().is_terminal() { said.ansi().to_string() } else { said.to_string() };
            stdout().write_all(chinese_help(help, command).as_bytes())
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let help = if stderr().is_terminal() { said.ansi().to_string() } else { said.to_string() };
            stderr().write_all(chinese_help(help, command).as_bytes())
        }
        _ => stderr().write_all(chinese_error(&said.to_string(), error).as_bytes()),
    };
}

/// An error. Its usage is clap's alone; before it stand values of the user, in which no word of clap's is replaced.
fn chinese_error(said: &str, error: &clap::Error) -> String {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let (before, behind) = said.rsplit_once(&usage).unwrap_or((said, ""));
    format!("{}{}{}", CHINESE.text(before), replaced(usage), CHINESE.text(behind))
}

/// Help, in which only clap's words and those of possible values are English still.
fn chinese_help(help: String, command: &Command) -> String {
    fn values(command: &Command) -> Vec<String> {
        let own = command.get_arguments().flat_map(Arg::get_possible_values);
        let own = own.filter_map(|value| value.get_help().map(ToString::to_string));
        own.chain(command.get_subcommands().flat_map(values)).collect()
    }
    let worded = |help: String, value: String| help.replace(&value, &CHINESE.text(&value));
    replaced(values(command).into_iter().fold(help, worded))
}

fn replaced(text: String) -> String {
    OF_CLAP.into_iter().fold(text, |text, (word, chinese)| text.replace(word, chinese))
}
