noinst_LTLIBRARIES += src/cpu/libcpu.la
src_cpu_libcpu_la_CPPFLAGS = $(AM_CPPFLAGS) $(CAPSTONE_CFLAGS)
src_cpu_libcpu_la_LIBADD = $(CAPSTONE_LIBS)
src_cpu_libcpu_la_SOURCES = \
	src/cpu/a64-all.def \
	src/cpu/a64-atomic.def \
	src/cpu/a64-branch.def \
	src/cpu/a64-crypto.def \
	src/cpu/a64-fp.def \
	src/cpu/a64-int.def \
	src/cpu/a64-ldst.def \
	src/cpu/a64-simd-ldst.def \
	src/cpu/a64-simd.def \
	src/cpu/a64-sys.def \
	src/cpu/block.h \
	src/cpu/cpu.h \
	src/cpu/crypto.h \
	src/cpu/exception.h \
	src/cpu/exec.h \
	src/cpu/fp-host.h \
	src/cpu/fp-ops.h \
	src/cpu/fp-vector.h \
	src/cpu/fp.h \
	src/cpu/host-x86-64-atomic.h \
	src/cpu/host-x86-64-crc32.h \
	src/cpu/host-x86-64-crypto.h \
	src/cpu/host-x86-64-fp.h \
	src/cpu/host-x86-64-simd.h \
	src/cpu/insn-decl.h \
	src/cpu/insn.h \
	src/cpu/int-body.h \
	src/cpu/ldst-body.h \
	src/cpu/mmu.h \
	src/cpu/simd-mem.h \
	src/cpu/simd.h \
	src/cpu/softfloat-internal.h \
	src/cpu/softfloat.h \
	src/cpu/sysreg-state.h
## Each author of src/cpu adds the .c files here, sorted.
src_cpu_libcpu_la_SOURCES += \
	src/cpu/atomic.c \
	src/cpu/block.c \
	src/cpu/branch.c \
	src/cpu/crc32.c \
	src/cpu/crypto.c \
	src/cpu/debug.c \
	src/cpu/disasm.c \
	src/cpu/exclusive.c \
	src/cpu/fp-scalar-convert.c \
	src/cpu/fp-scalar.c \
	src/cpu/fp-slow.c \
	src/cpu/fp-state.c \
	src/cpu/fp-vector-convert.c \
	src/cpu/fp-vector-elem.c \
	src/cpu/fp-vector-misc.c \
	src/cpu/fp-vector.c \
	src/cpu/int-addsub.c \
	src/cpu/int-bitfield.c \
	src/cpu/int-cond.c \
	src/cpu/int-logical.c \
	src/cpu/int-mul.c \
	src/cpu/ldst-pair.c \
	src/cpu/ldst.c \
	src/cpu/run.c \
	src/cpu/simd-copy.c \
	src/cpu/simd-ldst-struct.c \
	src/cpu/simd-ldst.c \
	src/cpu/simd-long.c \
	src/cpu/simd-misc.c \
	src/cpu/simd-multiply.c \
	src/cpu/simd-permute.c \
	src/cpu/simd-reduce.c \
	src/cpu/simd-saturate.c \
	src/cpu/simd-shift.c \
	src/cpu/simd-three-same.c \
	src/cpu/softfloat-convert.c \
	src/cpu/softfloat-estimate.c \
	src/cpu/softfloat.c \
	src/cpu/table.c
