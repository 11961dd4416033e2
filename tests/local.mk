## SPDX-License-Identifier: MIT
## Tests and their helpers: a folder per area, named as those of src/ are.
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; CC='$(CC)'; SAN_CFLAGS='$(SAN_CFLAGS)'; AARCH64_CC='$(AARCH64_CC)'; PPC64LE_CC='$(PPC64LE_CC)'; export srcdir CC SAN_CFLAGS AARCH64_CC PPC64LE_CC;
check_DATA =
EXTRA_PROGRAMS =
EXTRA_DIST += tests/a64.h tests/check-main.h tests/check-often.h tests/tsan.h tests/tsan.supp
include tests/base/local.mk
include tests/check/local.mk
include tests/isa/local.mk
include tests/cpu/local.mk
include tests/jit/local.mk
include tests/gic/local.mk
include tests/model/local.mk
include tests/mpic/local.mk
include tests/kernel/local.mk
include tests/ppc/local.mk
include tests/shim/local.mk
include tests/tool/local.mk
include tests/abi/local.mk
include tests/user/local.mk
include tests/vmm/local.mk
include tests/guests/local.mk
include tests/soak/local.mk
include tests/static-vmm/local.mk
include tests/fuzz/local.mk
