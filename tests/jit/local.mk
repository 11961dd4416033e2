## SPDX-License-Identifier: MIT
## The translator: its encoder, and what it makes of guest code.
unit_tests += tests/jit/test-x86
jit_test_libs = src/jit/libjit.la src/cpu/libcpu.la src/isa/libisa.la src/base/libbase.la $(CHECK_LIBS)

tests_jit_test_x86_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAPSTONE_CFLAGS)
tests_jit_test_x86_LDADD = $(jit_test_libs) $(CAPSTONE_LIBS)
