//! What is too long to be read at once.

use crate::tree::Tree;
use proc_macro2::Span;
use syn::{
    Block, ImplItemFn, ItemFn, Signature, TraitItemFn,
    visit::{self, Visit},
};

/// Lines of a function, from its `fn` to its brace.
const FUNCTION_LINES: usize = 70;

/// Lines of a file, tests included.
const FILE_LINES: usize = 500;

/// Names the files and functions of a crate that are too long.
pub(crate) fn findings(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.lines > FILE_LINES) {
        findings.push(format!("{}: {} has {} lines, more than {FILE_LINES}", tree.name, file.path, file.lines));
    }
    for module in &tree.modules {
        let mut functions = Functions(Vec::new());
        module.items.iter().for_each(|item| functions.visit_item(item));
        for (name, lines) in functions.0.into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES) {
            let path = &tree.files[module.file].path;
            findings.push(format!("{}: {path}: {name} has {lines} lines, more than {FUNCTION_LINES}", tree.name));
        }
    }
    findings
}

/// The functions of a module with their lengths.
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let line = |span: Span| span.end().line;
        let lines = line(block.brace_token.span.close()) + 1 - line(signature.fn_token.span);
        self.0.push((signature.ident.to_string(), lines));
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
