## SPDX-License-Identifier: MIT
## The translator of guest code to x86-64.
noinst_LTLIBRARIES += src/jit/libjit.la
src_jit_libjit_la_SOURCES = \
	src/jit/x86.c \
	src/jit/x86.h
