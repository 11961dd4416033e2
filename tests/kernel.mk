## The kernel model's answers, request by request, without the shim.
unit_tests += tests/test-kvm
tests_test_kvm_SOURCES = tests/test-kvm.c tests/test-kvm-system.c \
	tests/test-kvm-memory.c tests/test-kvm-vcpu.c tests/test-kvm-run.c \
	tests/test-kvm-irq.c tests/kvm-host.c tests/kvm-host.h tests/test-kvm.h
tests_test_kvm_LDADD = src/kernel/libkernel.la src/gic/libgic.la \
	src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_test_kvm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/check-coverage
dist_check_SCRIPTS += tests/check-coverage
