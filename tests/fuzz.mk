## Random input for what takes input from a VMM or a guest, tests/fuzz/fuzz.h.
## tests/fuzz/run builds the same targets with libFuzzer.
check_PROGRAMS += tests/fuzz/fuzz-decode
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz-decode.c tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_decode_LDADD = src/cpu/libcpu.la src/base/libbase.la
