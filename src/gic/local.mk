noinst_LTLIBRARIES += src/gic/libgic.la
src_gic_libgic_la_SOURCES = \
	src/gic/gic.h
