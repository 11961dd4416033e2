## SPDX-License-Identifier: MIT
noinst_LTLIBRARIES += src/mpic/libmpic.la
src_mpic_libmpic_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
src_mpic_libmpic_la_SOURCES = \
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
