//! How long it takes to be wrong: as long with a name that nobody has as with one that somebody has.

use std::time::Instant;

use im_proto::{Password, UserName};

use super::*;

/// So many of each kind.
const SAMPLES: u32 = 40;

/// Two samples whose means are the same differ by more than so many standard errors practically never.
const STANDARD_ERRORS_MAX: f64 = 8.0;

/// Welch's t of two samples.
fn t(one: &[f64], other: &[f64]) -> f64 {
    let of = |sample: &[f64]| {
        let count = f64::from(u32::try_from(sample.len()).unwrap());
        let mean = sample.iter().sum::<f64>() / count;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let ((mean, error), (other_mean, other_error)) = (of(one), of(other));
    (mean - other_mean) / (error + other_error).sqrt()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_as_long_to_be_wrong_whether_there_is_such_a_name_or_not() {
    let rig = Rig::open();
    let password = |word: &str| Password::parse(word).unwrap();
    let up = Request::SignUp { name: "ann".parse().unwrap(), password: password("secret") };
    rig.service.ask(None, HERE, up).await.unwrap();
    let (_, hash) = rig.service.store.user_by_name("ann".parse().unwrap()).await.unwrap().unwrap();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for i in 0..SAMPLES {
        let name = format!("user{i}").parse().unwrap();
        rig.service.store.create_user(name, hash.clone(), None, Admission::Open, now()).await.unwrap();
    }
    for i in 0..SAMPLES {
        let (user, nobody) = (format!("user{i}"), format!("nobody{i}"));
        // In turns, and in either order, so that whatever else the machine does is in both.
        let mut both = [(user, &mut known), (nobody, &mut unknown)];
        both.rotate_left(usize::from(i % 2 == 1));
        for (name, took) in both {
            let name: UserName = name.parse().unwrap();
            let request = Request::SignIn { name, password: password("wrong") };
            let began = Instant::now();
            let refused = rig.service.ask(None, HERE, request).await.err();
            took.push(began.elapsed().as_secs_f64());
            assert_eq!(refused, Some(Refusal::WrongPassword));
        }
    }
    let t = t(&known, &unknown);
    assert!(t.abs() < STANDARD_ERRORS_MAX, "t = {t}: {known:?} {unknown:?}");
}
