//! A unary test: any text is read or refused; what is read prints as something that reads the same.
#![no_main]

use inc::decision::{Enumeration, Test, Type};
use inc::units::Currency;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let levels = Enumeration::new(["SEV1", "SEV2", "SEV3", "SEV4"], true);
    let of = [
        Type::Integer,
        Type::Number,
        Type::Percent,
        Type::Money(Some(Currency::MXN)),
        Type::Duration,
        Type::Timestamp,
        Type::Date,
        Type::Text,
        Type::Boolean,
        Type::Enum(levels),
    ];
    let which = usize::from(which);
    let element = of[which % of.len()].clone();
    let ty = if which / of.len() % 2 == 0 { element } else { Type::List(Box::new(element)) };
    let Ok(test) = Test::parse(text, &ty) else { return };
    let printed = test.to_string();
    assert_eq!(Test::parse(&printed, &ty).as_ref(), Ok(&test), "{text} → {printed}");
});
