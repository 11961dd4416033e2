## SPDX-License-Identifier: MIT
## The translator of guest code to x86-64.
noinst_LIBRARIES += src/jit/libjit.a
src_jit_libjit_a_SOURCES = src/jit/jit.h
if HOST_X86_64
src_jit_libjit_a_SOURCES += \
	src/jit/a32-branch.c \
	src/jit/a32-int.c \
	src/jit/a32-ldst.c \
	src/jit/a32-neon-fp.c \
	src/jit/a32-neon.c \
	src/jit/a32-vfp-ldst.c \
	src/jit/a32-vfp.c \
	src/jit/a32.c \
	src/jit/a32.h \
	src/jit/atomic.c \
	src/jit/branch.c \
	src/jit/code-memory.c \
	src/jit/code-memory.h \
	src/jit/crypto.c \
	src/jit/engine-state.h \
	src/jit/engine.c \
	src/jit/exits.c \
	src/jit/fault.c \
	src/jit/features.c \
	src/jit/flags-loop.c \
	src/jit/flags.c \
	src/jit/flags.h \
	src/jit/fp-convert.c \
	src/jit/fp-move.c \
	src/jit/fp-scalar.c \
	src/jit/fp-vector.c \
	src/jit/fp.c \
	src/jit/fp.h \
	src/jit/glue.c \
	src/jit/int-addsub.c \
	src/jit/int-constant.c \
	src/jit/int.c \
	src/jit/int.h \
	src/jit/ldst-address.c \
	src/jit/ldst-group.c \
	src/jit/ldst.c \
	src/jit/loop.c \
	src/jit/mem-flat.c \
	src/jit/mem-mmu.c \
	src/jit/pool.c \
	src/jit/pool.h \
	src/jit/records.c \
	src/jit/records.h \
	src/jit/regs.c \
	src/jit/simd-basic.c \
	src/jit/simd-copy.c \
	src/jit/simd-ldst.c \
	src/jit/simd-long.c \
	src/jit/simd-multiply.c \
	src/jit/simd-permute.c \
	src/jit/simd-reduce.c \
	src/jit/simd-shift.c \
	src/jit/simd.c \
	src/jit/simd.h \
	src/jit/sve.c \
	src/jit/system.c \
	src/jit/translate.c \
	src/jit/translate.h \
	src/jit/vregs.c \
	src/jit/x86.c \
	src/jit/x86.h
else
src_jit_libjit_a_SOURCES += src/jit/none.c
endif
