## Two PEs on two threads: atomics and memory order; code that changes.
unit_tests += tests/test-cpu-atomic tests/test-cpu-code
tests_test_cpu_atomic_SOURCES = tests/test-cpu-atomic.c tests/cpu-pair.c tests/cpu-pair.h
tests_test_cpu_atomic_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_test_cpu_atomic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cpu_code_SOURCES = tests/test-cpu-code.c tests/cpu-pair.c tests/cpu-pair.h
tests_test_cpu_code_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_test_cpu_code_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
