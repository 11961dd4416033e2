noinst_LTLIBRARIES += src/kernel/libkernel.la
src_kernel_libkernel_la_SOURCES = \
	src/kernel/kernel.h
