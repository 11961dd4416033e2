## SPDX-License-Identifier: MIT
## Instructions decoded: what interpreter, translator and tests know of an
## encoding.
noinst_LTLIBRARIES += src/isa/libisa.la
src_isa_libisa_la_CPPFLAGS = $(AM_CPPFLAGS) $(CAPSTONE_CFLAGS)
src_isa_libisa_la_SOURCES = \
	src/isa/a64/all.def \
	src/isa/a64/atomic.def \
	src/isa/a64/branch.def \
	src/isa/a64/crypto.def \
	src/isa/a64/format-atomic.c \
	src/isa/a64/format-branch.c \
	src/isa/a64/format-crypto.c \
	src/isa/a64/format-fp-half.c \
	src/isa/a64/format-fp.c \
	src/isa/a64/format-int.c \
	src/isa/a64/format-ldst.c \
	src/isa/a64/format-pauth.c \
	src/isa/a64/format-simd-ldst.c \
	src/isa/a64/format-simd-move.c \
	src/isa/a64/format-simd.c \
	src/isa/a64/format-sys.c \
	src/isa/a64/formats.h \
	src/isa/a64/fp-half.def \
	src/isa/a64/fp.def \
	src/isa/a64/int.def \
	src/isa/a64/ldst.def \
	src/isa/a64/operands-fp.h \
	src/isa/a64/operands-ldst.h \
	src/isa/a64/operands-simd-ldst.h \
	src/isa/a64/operands.h \
	src/isa/a64/pauth.def \
	src/isa/a64/simd-ldst.def \
	src/isa/a64/simd-move.def \
	src/isa/a64/simd.def \
	src/isa/a64/sys.def \
	src/isa/decode.c \
	src/isa/disasm.c \
	src/isa/insn.h
