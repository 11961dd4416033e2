## SPDX-License-Identifier: MIT
## Static VMMs in Rust and Go, which tests/slow/static-vmm builds.
EXTRA_DIST += tests/static-vmm/go/main.go \
	tests/static-vmm/rust/Cargo.toml \
	tests/static-vmm/rust/src/board.rs \
	tests/static-vmm/rust/src/main.rs \
	tests/static-vmm/rust/src/vcpu.rs
