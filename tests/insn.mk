## The decode table against Capstone and src/cpu against qemu-aarch64.
unit_tests += tests/insn-diff
tests_insn_diff_SOURCES = tests/insn-diff.c tests/insn-diff.h tests/insn-gen.c tests/insn-gen.h
tests_insn_diff_LDADD = src/cpu/libcpu.la src/base/libbase.la

check_DATA += tests/insn-runner
EXTRA_DIST += tests/insn-runner.c tests/insn-runner.S tests/insn-README
CLEANFILES += tests/insn-runner
tests/insn-runner: $(srcdir)/tests/insn-runner.c $(srcdir)/tests/insn-runner.S \
		$(srcdir)/tests/insn-diff.h
	$(AM_V_GEN)$(MKDIR_P) tests && $(AARCH64_CC) -O2 -g -static \
		-I$(srcdir)/tests -o $@ $(srcdir)/tests/insn-runner.c \
		$(srcdir)/tests/insn-runner.S

unit_tests += tests/test-decode
tests_test_decode_SOURCES = tests/test-decode.c tests/insn-gen.c tests/insn-gen.h
tests_test_decode_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAPSTONE_CFLAGS)
tests_test_decode_LDADD = src/cpu/libcpu.la src/base/libbase.la \
	$(CHECK_LIBS) $(CAPSTONE_LIBS)
