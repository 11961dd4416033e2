## SPDX-License-Identifier: MIT
## The kernel model's answers, request by request, without the shim.
unit_tests += tests/kernel/test-kvm
tests_kernel_test_kvm_SOURCES = tests/kernel/test-kvm.c tests/kernel/test-kvm-system.c \
	tests/kernel/test-kvm-memory.c tests/kernel/test-kvm-vcpu.c tests/kernel/test-kvm-run.c \
	tests/kernel/test-kvm-irq.c tests/kernel/kvm-host.c tests/kernel/kvm-host.h tests/kernel/test-kvm.h
tests_kernel_test_kvm_LDADD = src/kernel/libkernel.la src/gic/libgic.la \
	src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_kernel_test_kvm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
