//! Build script: carries the widget's built files into the program when a release asks for it.

fn main() {
    println!("cargo::rerun-if-env-changed=HELPNOOK_SITE_DIR");
}
