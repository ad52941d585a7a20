//! What was measured when an issue was found: a form of words and the values in it, worded in the reader's
//! language.
//!
//! Evidence is stored as the id of its [`Form`] and a JSON array of its values, and becomes a sentence only
//! when somebody reads it. So the numbers can be compared and summed by programs, one plate serves readers
//! of all languages, and a sentence can be corrected without building anew. Values keep the order of
//! [`Form::names`], which is part of the format: what measures something else is another form.
//!
//! Values are put into the sentence as they are. Those that are words of the program, and not of the data,
//! are translated on the way ([`VOCABULARY`]).

use crate::code::CodeError;
use serde_json::Value;
use std::fmt;

/// A language of the readers. Evidence has a sentence in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, as it is written in the mainland.
    Chinese,
}

macro_rules! forms {
    ($($variant:ident $id:literal [$($name:ident)*] $english:literal $chinese:literal;)*) => {
        /// A form of words, with the names of its values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Form {
            $(#[doc = $english] $variant,)*
        }

        impl Form {
            /// All forms.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The id in tables and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }

            /// The names of its values, in their order. A name that ends in `_m` is metres, in `_m2` square metres, in
            /// `_percent` hundredths.
            pub const fn names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($name)),*]),* }
            }

            /// The sentence, with `{name}` where a value stands.
            pub const fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::English) => $english,
                      (Self::$variant, Language::Chinese) => $chinese,)*
                }
            }
        }
    };
}

forms! {
    Area "area" [area_m2] "{area_m2} m²" "{area_m2} m²";
    Sliver "sliver" [area_m2 width_m] "{area_m2} m², {width_m} m wide on average" "面积 {area_m2} m²，平均宽 {width_m} m";
    Outside "outside" [area_m2 share_percent] "{area_m2} m² ({share_percent} %) outside" "有 {area_m2} m²（{share_percent}%）在外";
    Rebuilt "rebuilt" [before_m2 after_m2]
        "crossing or touching rings: rebuilt by the odd-even rule, {before_m2} m² before, {after_m2} m² after"
        "边界自相交或相接：按奇偶规则重建，原 {before_m2} m²，现 {after_m2} m²";
    RowAgain "row-again" [row] "row {row} of its source has it again" "来源文件第 {row} 行再次出现";
    NoGridAtPoint "no-grid-at-point" [] "no grid contains or touches its point" "所在位置不属于任何网格，也不在网格边上";
    NoGridOfBuilding "no-grid-of-building" [] "its building stands in no grid" "所在楼栋不属于任何网格";
    NoPlace "no-place" [] "it has no coordinates and no building" "没有坐标，也没有楼栋";
    ShareInGrid "share-in-grid" [share_percent]
        "{share_percent} % of its footprint in the grid of its point" "轮廓的 {share_percent}% 在其所属网格内";
    CodeSays "code-says" [issued] "its code says {issued}" "编码表示 {issued}";
    TemporaryPart "temporary-part" [] "its building part begins with T" "编码的楼栋段以 T 开头";
    NoOwnType "no-own-type" [types] "none of the city's types of codes: {types}" "不符合本市任何一种编码规则：{types}";
    Common "common" [share_percent] "{share_percent} % of the ground of both is common" "两者重合 {share_percent}%";
    Unplaced "unplaced" [words text] "'{words}' has no place in '{text}'" "“{text}”中的“{words}”无法归类";
    NoNumber "no-number" [text] "no number in '{text}'" "“{text}”没有门牌号";
    Far "far" [distance_m] "{distance_m} m from the building it names" "距其所写楼栋 {distance_m} m";
    Beside "beside" [distance_m]
        "{distance_m} m from its building, which is in another grid" "距其楼栋 {distance_m} m，楼栋在另一网格";
    Away "away" [distance_m] "{distance_m} m from the place it is linked with" "距其关联的位置 {distance_m} m";
    OtherArea "other-area" [area] "it is said to lie in {area}, and does not" "来源写明在 {area}，实际不在其中";
    Dated "dated" [time] "its time is '{time}'" "时间为“{time}”";
    TooHigh "too-high" [floor floors] "floor {floor} of a building with {floors}" "写的是第 {floor} 层，楼栋共 {floors} 层";
    NullAtBuilding "null-at-building" []
        "0, 0 in its source; it stands at its building" "来源坐标为 0, 0；取其楼栋的位置";
    NullNowhere "null-nowhere" [] "0, 0 in its source; it stands nowhere" "来源坐标为 0, 0；没有位置";
    TwoTexts "two-texts" [first second] "'{first}' and '{second}'" "“{first}”与“{second}”";
    OneText "one-text" [text] "both are '{text}'" "都是“{text}”";
    NoBuilding "no-building" [] "the building is not in the plate; and none is near" "底板中没有该楼栋，附近也没有";
    NoBuildingPlaced "no-building-placed" []
        "the building is not in the plate; linked by place instead" "底板中没有该楼栋，已按位置关联";
    LostBuilding "lost-building" []
        "the code of the building is a rounded number whose last digits are lost; and no building is near"
        "楼栋编码成了舍入的数字，末位丢失，附近也没有楼栋";
    LostBuildingPlaced "lost-building-placed" []
        "the code of the building is a rounded number whose last digits are lost; linked by place instead"
        "楼栋编码成了舍入的数字，末位丢失，已按位置关联";
    LostAddress "lost-address" []
        "the code of the address is a rounded number whose last digits are lost" "地址编码成了舍入的数字，末位丢失";
    NoSuchBuilding "no-such-building" [] "no building has this code" "没有楼栋使用该编码";
    NoAddress "no-address" [] "no address has this code" "没有地址使用该编码";
    NoSuchEnterprise "no-such-enterprise" [] "no enterprise has this code" "没有企业使用该编码";
    NoSuchGrid "no-such-grid" [] "no grid has this code" "没有网格使用该编码";
    NoAddressNamed "no-address-named" [] "no address is named" "没有写地址";
    NothingToFind "nothing-to-find" [] "neither an address code nor a text" "既没有地址编码，也没有地址文字";
    Geocoded "geocoded" [status level text]
        "its text is {status} down to {level}: '{text}'" "地址文字“{text}”：{status}，到{level}为止";
    OverrideBuilding "override-building" [] "override: no such building in the plate" "指定归属：底板中没有该楼栋";
    OverrideGrid "override-grid" []
        "override: no grid of the finest level has this code" "指定归属：最细一级网格中没有该编码";
    TwoNames "two-names" [first second] "as '{first}' and as '{second}'" "登记名称为“{first}”和“{second}”";
    CancelledOperating "cancelled-operating" []
        "注销 or 吊销 in one row, 经营 in another or the same" "一行为注销或吊销，另一行或同一行为经营";
    CodeEmpty "code-empty" [] "the code is empty" "编码为空";
    CodeLength "code-length" [found expected] "{found} characters, expected {expected}" "{found} 个字符，应为 {expected}";
    CodeCharacter "code-character" [position expected]
        "character {position} is not {expected}" "第 {position} 个字符有误，应为{expected}";
    CodeDate "code-date" [] "characters 7 to 14 are no date of the calendar" "第 7 至 14 位不是日期";
    CodeLost "code-lost" [] "a rounded number whose last digits are lost" "成了舍入的数字，末位丢失";
    CodePattern "code-pattern" [pattern] "it does not match the pattern {pattern}" "不符合规则 {pattern}";
    CodeCheck "code-check" [position] "check character {position} is wrong" "第 {position} 位校验码有误";
    RoleTwice "role-twice" [role] "role {role}; counted once" "角色为{role}；只计一次";
    AlsoLives "also-lives" [address] "also lives at {address}, and counts there" "另在 {address} 居住，在该处计数";
    AtAddress "at-address" [address] "address {address}" "地址 {address}";
    FitsElse "fits-else" [rows otherwise reading declared system]
        "of {rows} sampled rows {otherwise} fit only {reading}, {declared} only as {system}"
        "抽查 {rows} 行，{otherwise} 行只符合“{reading}”，{declared} 行只符合“{system}”";
    IdsMasked "ids-masked" [column cells]
        "column '{column}': {cells} cells with a citizen id, which was masked" "“{column}”列有 {cells} 格含公民身份号码，已遮盖";
}

/// The values that are words of the program; all others are numbers or texts of the data.
const VOCABULARY: [&str; 4] = ["status", "level", "reading", "expected"];

/// Those words, in English as they are stored, and in Chinese.
const WORDS: [(&str, &str); 22] = [
    ("matched", "已匹配"),
    ("ambiguous", "有多个可能"),
    ("none", "未匹配"),
    ("out_of_area", "不在本市"),
    ("invalid", "不是地址"),
    ("nothing", "无"),
    ("city", "市"),
    ("district", "区"),
    ("subdistrict", "街道"),
    ("community", "社区"),
    ("road", "道路"),
    ("estate", "小区"),
    ("door_number", "门牌号"),
    ("building", "楼栋"),
    ("unit", "单元"),
    ("floor", "楼层"),
    ("room", "房间"),
    ("18 ASCII characters", "18"),
    ("a digit", "数字"),
    ("0-9 or A-Z without I, O, S, V, Z", "0-9 或 A-Z（I、O、S、V、Z 除外）"),
    (SWAPPED, "坐标轴对调"),
    (REFERENCE_GCJ02, "所在网格为 gcj02"),
];

/// How evidence names the reading of coordinates whose axes are swapped.
pub(crate) const SWAPPED: &str = "with the axes swapped (X is the northing in Chinese survey files)";
/// How evidence names the reading in which not the points are shifted but the grids or buildings that they
/// should lie in.
pub(crate) const REFERENCE_GCJ02: &str = "if what they lie in is in gcj02";

/// What was measured: a form of words and its values. There are as many values as the form has names.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The form of words.
    pub form: Form,
    /// The values, in the order of [`Form::names`]: numbers or texts.
    pub values: Vec<Value>,
}

impl Evidence {
    /// Evidence of a form with its values; how many they are is a matter of the source, and checked in
    /// debug builds only.
    pub(crate) fn new<const N: usize>(form: Form, values: [Value; N]) -> Self {
        debug_assert_eq!(form.names().len(), N, "{form:?}");
        Self { form, values: values.into() }
    }

    /// Evidence as it was stored: the id of a form and a JSON array. `None` for what no program wrote: an
    /// unknown form, no array, or another number of values.
    pub(crate) fn read(form: &str, values: &str) -> Option<Self> {
        let form = Form::ALL.iter().copied().find(|known| known.as_str() == form)?;
        let values: Vec<Value> = serde_json::from_str(values).ok()?;
        (values.len() == form.names().len()).then_some(Self { form, values })
    }

    /// The sentence in a language, with every `{name}` of the template replaced by its value. Texts stand
    /// in it without quotes of their own, numbers as JSON writes them. A text that has braces in it is not
    /// looked through again.
    pub fn words(&self, language: Language) -> String {
        let mut rest = self.form.template(language);
        let mut words = String::with_capacity(rest.len());
        // Values are not looked through for names again.
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            words.push_str(before);
            let value = self.form.names().iter().position(|known| *known == name).and_then(|i| self.values.get(i));
            match value {
                Some(Value::String(text)) if language == Language::Chinese && VOCABULARY.contains(&name) => {
                    words.push_str(chinese(text));
                }
                Some(Value::String(text)) => words.push_str(text),
                Some(other) => words.push_str(&other.to_string()),
                None => {}
            }
            rest = after;
        }
        words.push_str(rest);
        words
    }

    /// The values by their names.
    pub fn by_name(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.form.names().iter().copied().zip(&self.values)
    }
}

/// In English.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Language::English))
    }
}

impl From<Form> for Evidence {
    fn from(form: Form) -> Self {
        Self::new(form, [])
    }
}

/// What is wrong with a code, without a character of it: it may be a citizen id.
impl From<&CodeError> for Evidence {
    fn from(error: &CodeError) -> Self {
        match error {
            CodeError::Empty => Form::CodeEmpty.into(),
            CodeError::Length { found, expected } => Self::new(Form::CodeLength, [(*found).into(), (*expected).into()]),
            CodeError::Character { position, expected, .. } => {
                Self::new(Form::CodeCharacter, [(*position).into(), (*expected).into()])
            }
            CodeError::Date => Form::CodeDate.into(),
            CodeError::Rounded => Form::CodeLost.into(),
            CodeError::Pattern { pattern } => Self::new(Form::CodePattern, [pattern.as_str().into()]),
            CodeError::Check { position, .. } => Self::new(Form::CodeCheck, [(*position).into()]),
        }
    }
}

/// A measure as evidence has it, rounded to so many decimals, and a whole number where nothing is left
/// behind the point, so that 12.0 m² reads as 12 m².
pub(crate) fn rounded(measure: f64, decimals: i32) -> Value {
    let scale = 10f64.powi(decimals);
    let rounded = (measure * scale).round() / scale;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { Value::from(rounded as i64) } else { Value::from(rounded) }
}

/// A word of the program in Chinese; a word that has no translation, such as the name of a coordinate
/// system, stays as it is.
fn chinese(word: &str) -> &str {
    // "As gcj02", "as EPSG:4547": the name of the system says it.
    let word = word.strip_prefix("as ").unwrap_or(word);
    WORDS.iter().find(|(english, _)| *english == word).map_or(word, |(_, chinese)| chinese)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_value_stands_in_both_sentences_and_nothing_else_does() {
        let ids: BTreeSet<_> = Form::ALL.iter().map(|form| form.as_str()).collect();
        assert_eq!(ids.len(), Form::ALL.len());
        for form in Form::ALL {
            for language in [Language::English, Language::Chinese] {
                let template = form.template(language);
                let found: BTreeSet<_> =
                    template.split('{').skip(1).map(|after| after.split_once('}').expect("closed").0).collect();
                assert_eq!(found, form.names().iter().copied().collect(), "{template}");
            }
        }
    }

    #[test]
    fn values_are_put_in_as_they_are() {
        let evidence = Evidence::new(Form::TwoTexts, ["{second}".into(), "乙{".into()]);
        assert_eq!(evidence.words(Language::English), "'{second}' and '乙{'");
        let evidence = Evidence::new(Form::Sliver, [rounded(12.04, 1), rounded(2.96, 1)]);
        assert_eq!(evidence.words(Language::English), "12 m², 3 m wide on average");
        assert_eq!(evidence.words(Language::Chinese), "面积 12 m²，平均宽 3 m");
        let evidence = Evidence::new(Form::Geocoded, ["ambiguous".into(), "room".into(), "room".into()]);
        assert_eq!(evidence.words(Language::Chinese), "地址文字“room”：有多个可能，到房间为止");
    }
}
