## SPDX-License-Identifier: MIT
noinst_LIBRARIES += src/gic/libgic.a
src_gic_libgic_a_SOURCES = \
	src/gic/attr-names.c \
	src/gic/attr-regs.c \
	src/gic/attr.c \
	src/gic/costs-gic-400.def \
	src/gic/costs-gic-500.def \
	src/gic/costs-gic-600.def \
	src/gic/costs.c \
	src/gic/costs.h \
	src/gic/deliver.c \
	src/gic/flight.c \
	src/gic/frames.c \
	src/gic/gic-internal.h \
	src/gic/gic.c \
	src/gic/gic.h \
	src/gic/gicv2.c \
	src/gic/gicv3-dist.c \
	src/gic/gicv3-redist.c \
	src/gic/icc.c \
	src/gic/irq-regs.c \
	src/gic/irqchip.c \
	src/gic/its-cmd.c \
	src/gic/its-device.c \
	src/gic/its-internal.h \
	src/gic/its-tables.c \
	src/gic/its-lock.c \
	src/gic/its-time.c \
	src/gic/its.c \
	src/gic/lines.c \
	src/gic/lpi.c \
	src/gic/regions.c \
	src/gic/tag-cache.c \
	src/gic/tag-cache.h
