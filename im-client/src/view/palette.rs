//! The colours of each theme, as numbers of xterm's 256. A test holds each pair that is drawn against the grounds that a
//! theme is for: the contrast is 4.5 at least.

/// One theme's colours.
pub(super) struct Palette {
    /// What is behind everything, painted; nothing where it is the terminal's own.
    pub(super) ground: Option<(u8, u8)>,
    pub(super) dim: u8,
    pub(super) border: u8,
    pub(super) heading: u8,
    pub(super) chosen: u8,
    pub(super) unread: u8,
    pub(super) marker: u8,
    pub(super) good: u8,
    pub(super) busy: u8,
    pub(super) bad: u8,
    pub(super) notice: u8,
    /// In front of, and behind, what is told in passing.
    pub(super) toast: (u8, u8),
    /// The same, of what went wrong.
    pub(super) bad_toast: (u8, u8),
    pub(super) code: u8,
    pub(super) link: u8,
    pub(super) mention: u8,
    pub(super) comment: u8,
    pub(super) string: u8,
    pub(super) keyword: u8,
    pub(super) number: u8,
    pub(super) name: u8,
    pub(super) names: &'static [u8],
}

pub(super) const DARK: Palette = Palette {
    ground: None,
    dim: 247,
    border: 245,
    heading: 252,
    chosen: 117,
    unread: 229,
    marker: 203,
    good: 114,
    busy: 221,
    bad: 203,
    notice: 221,
    toast: (255, 238),
    bad_toast: (217, 238),
    code: 180,
    link: 75,
    mention: 117,
    comment: 247,
    string: 149,
    keyword: 176,
    number: 209,
    name: 80,
    names: &[75, 114, 180, 176, 80, 209, 149, 141, 211, 221, 116, 173],
};

pub(super) const LIGHT: Palette = Palette {
    ground: None,
    dim: 240,
    border: 241,
    heading: 236,
    chosen: 25,
    unread: 88,
    marker: 124,
    good: 22,
    busy: 58,
    bad: 124,
    notice: 58,
    toast: (232, 253),
    bad_toast: (88, 253),
    code: 88,
    link: 20,
    mention: 25,
    comment: 240,
    string: 22,
    keyword: 90,
    number: 94,
    name: 23,
    names: &[25, 22, 94, 90, 23, 124, 58, 57, 125, 127, 24, 89],
};

pub(super) const HIGH_CONTRAST: Palette = Palette {
    ground: Some((231, 16)),
    dim: 253,
    border: 255,
    heading: 231,
    chosen: 51,
    unread: 226,
    marker: 226,
    good: 46,
    busy: 226,
    bad: 217,
    notice: 226,
    toast: (16, 231),
    bad_toast: (88, 231),
    code: 229,
    link: 51,
    mention: 51,
    comment: 253,
    string: 156,
    keyword: 225,
    number: 223,
    name: 159,
    names: &[231, 226, 51, 46, 225, 223, 159, 156, 229, 195],
};

/// Blue against orange, never red against green; after Okabe and Ito.
pub(super) const COLOUR_BLIND_DARK: Palette = Palette {
    ground: None,
    good: 117,
    busy: 229,
    bad: 214,
    marker: 214,
    notice: 229,
    bad_toast: (222, 238),
    code: 222,
    string: 222,
    keyword: 117,
    number: 214,
    name: 182,
    comment: 247,
    names: &[74, 214, 229, 182, 117, 222, 152, 255],
    ..DARK
};

/// The same on light ground.
pub(super) const COLOUR_BLIND_LIGHT: Palette = Palette {
    ground: None,
    good: 25,
    busy: 58,
    bad: 94,
    marker: 94,
    notice: 58,
    bad_toast: (94, 255),
    toast: (232, 255),
    code: 94,
    string: 94,
    keyword: 25,
    number: 58,
    name: 90,
    names: &[25, 94, 58, 90, 17, 236, 24, 54],
    ..LIGHT
};

/// Of the terminal's own colours those that are bright on black in xterm's and in a console's palette.
pub(super) const SIXTEEN_DARK: Palette = Palette {
    ground: None,
    dim: 7,
    border: 7,
    heading: 15,
    chosen: 14,
    unread: 11,
    marker: 9,
    good: 10,
    busy: 11,
    bad: 9,
    notice: 11,
    toast: (0, 7),
    bad_toast: (0, 11),
    code: 11,
    link: 14,
    mention: 14,
    comment: 7,
    string: 10,
    keyword: 13,
    number: 9,
    name: 14,
    names: &[10, 11, 14, 13, 9, 2, 6],
};

/// The same, painted on black.
pub(super) const SIXTEEN_CONTRAST: Palette = Palette { ground: Some((15, 0)), ..SIXTEEN_DARK };

/// Those that are dark on white in both.
pub(super) const SIXTEEN_LIGHT: Palette = Palette {
    ground: None,
    dim: 0,
    border: 0,
    heading: 0,
    chosen: 4,
    unread: 5,
    marker: 1,
    good: 4,
    busy: 5,
    bad: 1,
    notice: 5,
    toast: (15, 4),
    bad_toast: (15, 1),
    code: 1,
    link: 4,
    mention: 4,
    comment: 0,
    string: 4,
    keyword: 5,
    number: 1,
    name: 4,
    names: &[4, 5, 1, 0],
};
