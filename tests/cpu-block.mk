unit_tests += tests/test-cpu-block
tests_test_cpu_block_SOURCES = tests/test-cpu-block.c
tests_test_cpu_block_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cpu_block_LDADD = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
