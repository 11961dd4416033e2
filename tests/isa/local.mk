## SPDX-License-Identifier: MIT
## The decode table against Capstone and binutils.
unit_tests += tests/isa/test-decode
tests_isa_test_decode_SOURCES = tests/isa/test-decode.c \
	tests/isa/insn-gen.c tests/isa/insn-gen.h
tests_isa_test_decode_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAPSTONE_CFLAGS)
tests_isa_test_decode_LDADD = src/cpu/libcpu.la src/isa/libisa.la src/base/libbase.la \
	$(CHECK_LIBS) $(CAPSTONE_LIBS)
