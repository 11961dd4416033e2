## SPDX-License-Identifier: MIT
## Instructions decoded: what interpreter, translator and tests know of an
## encoding.
noinst_LTLIBRARIES += src/isa/libisa.la
src_isa_libisa_la_CPPFLAGS = $(AM_CPPFLAGS) $(CAPSTONE_CFLAGS)
src_isa_libisa_la_SOURCES = \
	src/isa/a32/a32.h \
	src/isa/a32/all.def \
	src/isa/a32/branch.def \
	src/isa/a32/decode.c \
	src/isa/a32/format-alu.c \
	src/isa/a32/format-branch.c \
	src/isa/a32/format-ldst.c \
	src/isa/a32/format-media.c \
	src/isa/a32/format-neon.c \
	src/isa/a32/format-vfp.c \
	src/isa/a32/formats.h \
	src/isa/a32/int.def \
	src/isa/a32/ldst.def \
	src/isa/a32/media.def \
	src/isa/a32/neon.def \
	src/isa/a32/operands.h \
	src/isa/a32/ops.def \
	src/isa/a32/t32/format-narrow.c \
	src/isa/a32/t32/format-wide-ldst.c \
	src/isa/a32/t32/format-wide.c \
	src/isa/a32/t32/narrow.def \
	src/isa/a32/t32/wide.def \
	src/isa/a32/vfp.def \
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
	src/isa/decode-table.c \
	src/isa/decode-table.h \
	src/isa/decode.c \
	src/isa/disasm.c \
	src/isa/insn.h
