## Tests and their helpers: a fragment per area.
TESTS += tests/check-abi tests/check-format tests/check-layers
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; CC='$(CC)'; SAN_CFLAGS='$(SAN_CFLAGS)'; AARCH64_CC='$(AARCH64_CC)'; export srcdir CC SAN_CFLAGS AARCH64_CC;
dist_check_SCRIPTS += tests/check-abi tests/check-format tests/check-layers
check_DATA =
include tests/cpu-atomic.mk
include tests/cpu-block.mk
include tests/cpu-mmu.mk
include tests/insn.mk
include tests/simd.mk
include tests/softfloat.mk
include tests/gic.mk
include tests/kernel.mk
include tests/shim.mk
include tests/vmm.mk
include tests/fuzz.mk
