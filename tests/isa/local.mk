## SPDX-License-Identifier: MIT
## The decode table against Capstone and binutils.
insn_gen = tests/isa/insn-gen.c tests/isa/insn-gen.h \
	tests/isa/insn-gen-a32.c tests/isa/insn-gen-sve-ldst.c tests/isa/insn-gen-mte.c \
	tests/isa/insn-gen-a32.h

unit_tests += tests/isa/test-decode
tests_isa_test_decode_SOURCES = tests/isa/test-decode.c tests/isa/decode-check.h \
	$(insn_gen)
tests_isa_test_decode_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAPSTONE_CFLAGS)
tests_isa_test_decode_LDADD = src/cpu/libcpu.a src/isa/libisa.a $(base_libs) \
	$(CHECK_LIBS) $(CAPSTONE_LIBS)
## The same of A32 and T32.
unit_tests += tests/isa/test-decode-a32
tests_isa_test_decode_a32_SOURCES = tests/isa/test-decode-a32.c tests/isa/decode-check.h \
	$(insn_gen)
tests_isa_test_decode_a32_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAPSTONE_CFLAGS)
tests_isa_test_decode_a32_LDADD = src/cpu/libcpu.a src/isa/libisa.a $(base_libs) \
	$(CHECK_LIBS) $(CAPSTONE_LIBS)
