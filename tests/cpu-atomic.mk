## Exclusives, LSE and memory order between two PEs on two threads.
check_PROGRAMS += tests/test-cpu-atomic
tests_test_cpu_atomic_SOURCES = tests/test-cpu-atomic.c
tests_test_cpu_atomic_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_test_cpu_atomic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
