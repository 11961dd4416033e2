## SPDX-License-Identifier: MIT
bin_PROGRAMS += fauxkvm
fauxkvm_SOURCES = \
	src/tool/children.c \
	src/tool/children.h \
	src/tool/devices.c \
	src/tool/devices.h \
	src/tool/elf.c \
	src/tool/elf.h \
	src/tool/files.c \
	src/tool/files.h \
	src/tool/find.c \
	src/tool/find.h \
	src/tool/list.c \
	src/tool/log-options.c \
	src/tool/log-options.h \
	src/tool/main.c \
	src/tool/messages.c \
	src/tool/options.c \
	src/tool/options.def \
	src/tool/options.h \
	src/tool/report-assets.c \
	src/tool/report-charts.c \
	src/tool/report-course.c \
	src/tool/report-devices.c \
	src/tool/report-places.c \
	src/tool/report-refusals.c \
	src/tool/report-timeline.c \
	src/tool/report.c \
	src/tool/report.h \
	src/tool/run-files.c \
	src/tool/run-files.h \
	src/tool/run-options.c \
	src/tool/run.c \
	src/tool/run.h \
	src/tool/stat-sums.c \
	src/tool/stat-view.c \
	src/tool/stat-view.h \
	src/tool/stat.c \
	src/tool/supervise.c \
	src/tool/supervise.h \
	src/tool/sysroot-apt.c \
	src/tool/sysroot-names.c \
	src/tool/sysroot-tree.c \
	src/tool/sysroot.c \
	src/tool/sysroot.h \
	src/tool/symbols.c \
	src/tool/symbols.h \
	src/tool/tool.h \
	src/tool/trace.c
fauxkvm_CPPFLAGS = $(AM_CPPFLAGS) -DBINDIR='"$(bindir)"' \
	-DPKGLIBDIR='"$(pkglibdir)"' -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
fauxkvm_LDADD = $(embed_libs)
EXTRA_DIST += src/tool/report.css src/tool/report.js
src/tool/fauxkvm-report-assets.$(OBJEXT): $(srcdir)/src/tool/report.css \
	$(srcdir)/src/tool/report.js
