//! The terms of the index that a text begins with.

use super::{
    index::{Automaton, GeoIndex, Meaning},
    normal::{APART, Normal},
    number::is_phone,
};
use fst::raw::Output;

/// The division that the library may have put before an address: the length and the term of the longest.
pub(crate) fn head_at(index: &GeoIndex, chars: &[char]) -> Option<(usize, u32)> {
    let mut longest = None;
    terms_at(index.terms(), chars, |length, term| {
        if index.meanings(term).any(Meaning::is_head) {
            longest = Some((length, term));
        }
    });
    longest
}

/// The terms at the beginning of some characters: their lengths and numbers.
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

/// Where words and phone numbers in front of an address end: 地址, 电话 13800000000.
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
