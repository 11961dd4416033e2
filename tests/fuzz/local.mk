## SPDX-License-Identifier: MIT
## Random input for what takes input from a VMM or a guest, tests/fuzz/fuzz.h.
## tests/fuzz/run builds the same targets with libFuzzer.
unit_tests += tests/fuzz/fuzz-decode
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz-decode.c tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_decode_LDADD = src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs)

unit_tests += tests/fuzz/fuzz-ioctl
tests_fuzz_fuzz_ioctl_SOURCES = tests/fuzz/fuzz-ioctl.c \
	tests/fuzz/fuzz-args.c tests/fuzz/fuzz-args.h tests/fuzz/fuzz-gic.c \
	tests/fuzz/fuzz-gic.h tests/fuzz/fuzz.c tests/fuzz/fuzz.h \
	tests/kernel/kvm-host.c tests/kernel/kvm-host.h
tests_fuzz_fuzz_ioctl_LDADD = src/kernel/libkernel.a src/gic/libgic.a src/mpic/libmpic.a \
	src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs)

unit_tests += tests/fuzz/fuzz-irqchip
tests_fuzz_fuzz_irqchip_SOURCES = tests/fuzz/fuzz-irqchip.c \
	tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/gic/gic-regs.h
tests_fuzz_fuzz_irqchip_LDADD = src/gic/libgic.a src/mpic/libmpic.a \
	$(base_libs)

unit_tests += tests/fuzz/fuzz-mpic
tests_fuzz_fuzz_mpic_SOURCES = tests/fuzz/fuzz-mpic.c tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h tests/mpic/mpic-fake.c tests/mpic/mpic-fake.h
tests_fuzz_fuzz_mpic_LDADD = src/mpic/libmpic.a $(base_libs)
tests_fuzz_fuzz_mpic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

unit_tests += tests/fuzz/fuzz-ppc
tests_fuzz_fuzz_ppc_SOURCES = tests/fuzz/fuzz-ppc.c tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h tests/kernel/kvm-host.c tests/kernel/kvm-host.h
tests_fuzz_fuzz_ppc_LDADD = $(tests_fuzz_fuzz_ioctl_LDADD)
tests_fuzz_fuzz_ppc_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC

unit_tests += tests/fuzz/fuzz-files
tests_fuzz_fuzz_files_SOURCES = tests/fuzz/fuzz-files.c tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_files_LDADD = src/kernel/libkernel.a src/gic/libgic.a src/mpic/libmpic.a \
	src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs)

EXTRA_DIST += tests/fuzz/run
