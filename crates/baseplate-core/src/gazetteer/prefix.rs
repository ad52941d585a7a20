//! The terms of the index that a text begins with.
//!
//! The automaton of all terms is walked along the characters of the text, so all terms that begin at one
//! character are found in one pass over the bytes of the longest, however many terms there are.

use super::{
    index::{Automaton, GeoIndex, Meaning},
    normal::{APART, Normal},
    number::is_phone,
};
use fst::raw::Output;

/// The longest division that the library may have put before an address, at the beginning of `chars`: its
/// length in characters and its term. `None` if the text begins with none.
pub(crate) fn head_at(index: &GeoIndex, chars: &[char]) -> Option<(usize, u32)> {
    let mut longest = None;
    terms_at(index.terms(), chars, |length, term| {
        if index.meanings(term).any(Meaning::is_head) {
            longest = Some((length, term));
        }
    });
    longest
}

/// Calls `found` for every term at the beginning of some characters, the short ones first, with its length
/// in characters and its number.
pub(super) fn terms_at(terms: &Automaton, chars: &[char], mut found: impl FnMut(usize, u32)) {
    let mut node = terms.root();
    let mut output = Output::zero();
    for (length, c) in (1..).zip(chars) {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            let Some(at) = node.find_input(byte) else { return };
            let transition = node.transition(at);
            output = output.cat(transition.out);
            node = terms.node(transition.addr);
        }
        if node.is_final() {
            found(length, output.cat(node.final_output()).value() as u32);
        }
    }
}

/// The index behind the words and phone numbers in front of an address: 地址, 电话 13800000000. It is 0 if
/// there are none, and the length of the text if there is nothing else. Single characters are no labels,
/// since they are also the beginnings of names.
pub(super) fn label_end(index: &GeoIndex, normal: &Normal) -> usize {
    let mut at = 0;
    loop {
        let mut length = 0;
        terms_at(index.terms(), &normal.chars[at..], |of, term| {
            let is_aside = index.meanings(term).all(|meaning| meaning == Meaning::Aside);
            length = if is_aside && of > 1 { of } else { length };
        });
        let is_of_phone = |at: &usize| is_phone(&normal.chars, *at) || normal.chars[*at] == APART;
        length += (at + length..normal.len()).take_while(is_of_phone).count();
        at += length;
        if length == 0 || at >= normal.len() {
            return at.min(normal.len());
        }
    }
}
