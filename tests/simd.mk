unit_tests += tests/test-simd
tests_test_simd_SOURCES = tests/test-simd.c tests/cpu-env.h
tests_test_simd_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS) -lm
tests_test_simd_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
