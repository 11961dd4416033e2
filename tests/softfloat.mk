unit_tests += tests/test-softfloat
tests_test_softfloat_SOURCES = tests/test-softfloat.c
tests_test_softfloat_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS) -lm
tests_test_softfloat_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -frounding-math

unit_tests += tests/test-fp-state
tests_test_fp_state_SOURCES = tests/test-fp-state.c
tests_test_fp_state_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS) -lm
tests_test_fp_state_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -frounding-math
