noinst_LTLIBRARIES += src/cpu/libcpu.la
src_cpu_libcpu_la_SOURCES = \
	src/cpu/cpu.h
