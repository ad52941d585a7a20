//! The arrows of a crate: which file uses what another one defines.

use crate::{
    names::{Names, Target, imports},
    tree::Tree,
};
use proc_macro2::{Spacing, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use syn::{
    Attribute, Block, ExprPath, ImplItemFn, Item, ItemFn, ItemUse, LitStr, Macro, Meta, PatIdent, Path, Stmt,
    TraitItemFn, Visibility,
    visit::{self, Visit},
};

/// The names that each file uses of each other one.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Arrows(pub(crate) BTreeMap<(String, String), BTreeSet<String>>);

impl Arrows {
    /// Those of a crate.
    pub(crate) fn of(tree: &Tree) -> Self {
        let mut arrows = Self::default();
        for (module, content) in tree.modules.iter().enumerate() {
            let mut uses = Uses { tree, module, blocks: Vec::new(), variables: HashSet::new(), arrows: &mut arrows };
            content.items.iter().for_each(|item| uses.visit_item(item));
        }
        arrows
    }

    /// An arrow as it is reported.
    pub(crate) fn line(((from, to), names): (&(String, String), &BTreeSet<String>)) -> String {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        format!("{from} -> {to}: {}", names.join(", "))
    }
}

/// Where paths in a string are names too, and where a word before `(` is a function.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Macro,
    Attribute,
    Serde,
}

/// A walk through a module that notes what is used.
struct Uses<'t> {
    tree: &'t Tree,
    module: usize,
    /// The names of the blocks around, the innermost last.
    blocks: Vec<Names>,
    /// Variables of the function around, which hide items of the same name.
    variables: HashSet<String>,
    arrows: &'t mut Arrows,
}

impl Uses<'_> {
    fn note(&mut self, path: &[String]) {
        let targets = self.tree.resolve(self.module, &self.blocks, path);
        for target in targets {
            if let Target::Item(file, name) = target {
                self.arrow(file, name);
            }
        }
    }

    fn arrow(&mut self, to: usize, name: String) {
        let from = self.tree.modules[self.module].file;
        if from != to {
            let path = |file: usize| self.tree.files[file].path.clone();
            self.arrows.0.entry((path(from), path(to))).or_default().insert(name);
        }
    }

    /// Notes the paths among the tokens of a macro or an attribute.
    fn tokens(&mut self, tokens: TokenStream, place: Place) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream(), place),
                TokenTree::Literal(literal) if place == Place::Serde => {
                    let text = syn::parse_str::<LitStr>(&literal.to_string());
                    if let Some(path) = text.ok().and_then(|text| text.parse::<Path>().ok()) {
                        self.visit_path(&path);
                    }
                }
                TokenTree::Ident(_) => {
                    let path = path_at(&tokens[at..]);
                    let member = is_member(&tokens[..at], &path);
                    at += 3 * path.len() - 3;
                    if !member && is_use(&path, tokens.get(at + 1), place) && !self.is_variable(&path) {
                        self.note(&path);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn is_variable(&self, path: &[String]) -> bool {
        matches!(path, [name] if self.variables.contains(name))
    }

    fn function(&mut self, walk: impl FnOnce(&mut Self), collect: impl FnOnce(&mut Variables)) {
        let mut variables = Variables(self.variables.clone());
        collect(&mut variables);
        let around = std::mem::replace(&mut self.variables, variables.0);
        walk(self);
        self.variables = around;
    }
}

/// The words joined by `::` at the beginning of some tokens.
fn path_at(tokens: &[TokenTree]) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(word), after @ ..] = rest {
        path.push(word.to_string());
        match after {
            [TokenTree::Punct(one), TokenTree::Punct(two), next @ ..]
                if (one.as_char(), one.spacing(), two.as_char()) == (':', Spacing::Joint, ':') =>
            {
                rest = next;
            }
            _ => break,
        }
    }
    path
}

/// Whether what stands before a path makes it a field, a lifetime, a variable of a macro or a part of a type.
fn is_member(before: &[TokenTree], path: &[String]) -> bool {
    let mark = |back: usize| match before.len().checked_sub(back).map(|at| &before[at]) {
        Some(TokenTree::Punct(mark)) => Some(mark.as_char()),
        _ => None,
    };
    match mark(1) {
        Some('.') => mark(2) != Some('.'),
        Some('$') => path[0] != "crate",
        Some(':') => mark(2) == Some(':'),
        found => found == Some('\''),
    }
}

/// Whether a path among tokens names something: a single word does if it is a type's, a constant's, or called.
fn is_use(path: &[String], next: Option<&TokenTree>, place: Place) -> bool {
    let called = || matches!(next, Some(TokenTree::Group(_))) && place == Place::Macro;
    path.len() > 1 || is_upper(&path[0]) || called()
}

fn is_upper(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

impl<'a> Visit<'a> for Uses<'_> {
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if !matches!(item.vis, Visibility::Inherited) {
            return;
        }
        for import in imports(item) {
            let targets = self.tree.resolve(self.module, &[], &import.path);
            if !targets.iter().any(|target| matches!(target, Target::Module(_))) {
                self.note(&import.path);
            }
        }
    }

    fn visit_path(&mut self, path: &'a Path) {
        if path.leading_colon.is_none() {
            let words: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.note(&words);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if !path.path.get_ident().is_some_and(|name| self.variables.contains(&name.to_string())) {
            visit::visit_expr_path(self, path);
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'a PatIdent) {
        let name = pattern.ident.to_string();
        if is_upper(&name) {
            self.note(&[name]);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_block(&mut self, block: &'a Block) {
        let items = block.stmts.iter().filter_map(|stmt| if let Stmt::Item(item) = stmt { Some(item) } else { None });
        self.blocks.push(Names::of(items));
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        match call.path.get_ident().map(ToString::to_string) {
            Some(name) => {
                if let Some(file) = self.tree.macro_file(self.module, &name) {
                    self.arrow(file, name);
                }
            }
            None => self.visit_path(&call.path),
        }
        self.tokens(call.tokens.clone(), Place::Macro);
    }

    fn visit_attribute(&mut self, attribute: &'a Attribute) {
        if let Meta::List(list) = &attribute.meta {
            let place = if list.path.is_ident("serde") { Place::Serde } else { Place::Attribute };
            self.tokens(list.tokens.clone(), place);
        }
    }

    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.function(|uses| visit::visit_item_fn(uses, item), |variables| variables.visit_item_fn(item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.function(|uses| visit::visit_impl_item_fn(uses, item), |variables| variables.visit_impl_item_fn(item));
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        self.function(|uses| visit::visit_trait_item_fn(uses, item), |variables| variables.visit_trait_item_fn(item));
    }
}

/// The variables that a function has anywhere.
struct Variables(HashSet<String>);

impl<'a> Visit<'a> for Variables {
    fn visit_pat_ident(&mut self, pattern: &'a PatIdent) {
        let name = pattern.ident.to_string();
        if !is_upper(&name) {
            self.0.insert(name);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item(&mut self, _: &'a Item) {}
}
