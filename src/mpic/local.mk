## SPDX-License-Identifier: MIT
noinst_LIBRARIES += src/mpic/libmpic.a
src_mpic_libmpic_a_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
src_mpic_libmpic_a_SOURCES = \
	src/mpic/attr.c \
	src/mpic/costs.c \
	src/mpic/cpu.c \
	src/mpic/deliver.c \
	src/mpic/frame.c \
	src/mpic/irqchip.c \
	src/mpic/mpic-internal.h \
	src/mpic/mpic.c \
	src/mpic/mpic.h \
	src/mpic/regs.c
