/* SPDX-License-Identifier: MIT */
/*
 * The fast halves of LD2-LD4, ST2-ST4 and of single structures, of one element
 * size. Included by simd/ldst-b.c ... simd/ldst-d.c, which define, beside what
 * simd/ldst-body.h asks for,
 *
 *   VLDST_TYPE    of the element
 *   VLDST_FIELD   its field of union vreg
 *   VLDST_STRUCT  the function that chooses
 */

#define ORDER(element) (VLDST_TYPE) mem_order(element, VLDST_SIZE)

/* ---- multiple structures ------------------------------------------------- */

/* Through an array of elements, which gcc keeps in registers. */
static ALWAYS_INLINE bool load_many(struct cpu *cpu, const struct insn *i,
				    unsigned int regs, unsigned int bytes)
{
	const unsigned int lanes = bytes / sizeof(VLDST_TYPE);
	VLDST_TYPE buf[64 / sizeof(VLDST_TYPE)];
	const uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_read(cpu, i, cpu->x[i->rn], regs * bytes);
	if (unlikely(!p))
		return false;
	memcpy(buf, p, regs * bytes);
	for (unsigned int k = 0; k < regs; k++) {
		union vreg r = {0};

		for (unsigned int l = 0; l < lanes; l++)
			r.VLDST_FIELD[l] = ORDER(buf[regs * l + k]);
		*vreg_after(cpu, i, k) = r;
	}
	vstruct_write_back(cpu, i);
	return true;
}

static ALWAYS_INLINE bool store_many(struct cpu *cpu, const struct insn *i,
				     unsigned int regs, unsigned int bytes)
{
	const unsigned int lanes = bytes / sizeof(VLDST_TYPE);
	VLDST_TYPE buf[64 / sizeof(VLDST_TYPE)];
	uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_write(cpu, i, cpu->x[i->rn], regs * bytes);
	if (unlikely(!p))
		return false;
	for (unsigned int k = 0; k < regs; k++)
		for (unsigned int l = 0; l < lanes; l++)
			buf[regs * l + k] =
				ORDER(vreg_after(cpu, i, k)->VLDST_FIELD[l]);
	memcpy(p, buf, regs * bytes);
	vstruct_write_back(cpu, i);
	return true;
}

/* Of half or whole registers, as i->ra says. */
static ALWAYS_INLINE bool load_structures(struct cpu *cpu, const struct insn *i,
					  unsigned int regs)
{
	return i->ra == 16 ? load_many(cpu, i, regs, 16)
			   : load_many(cpu, i, regs, 8);
}

static ALWAYS_INLINE bool store_structures(struct cpu *cpu,
					   const struct insn *i,
					   unsigned int regs)
{
	return i->ra == 16 ? store_many(cpu, i, regs, 16)
			   : store_many(cpu, i, regs, 8);
}

static void exec_ld2(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_structures(cpu, i, 2)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_ld3(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_structures(cpu, i, 3)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_ld4(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_structures(cpu, i, 4)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_st2(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_structures(cpu, i, 2)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

static void exec_st3(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_structures(cpu, i, 3)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

static void exec_st4(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_structures(cpu, i, 4)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

/* ---- one lane of each register ------------------------------------------- */

/* What several registers get is read once before the first of them is written: a fault of
 * the host's leaves them as they were. */
static ALWAYS_INLINE void try_elements(const uint8_t *p, unsigned int n)
{
	for (unsigned int k = 0; n > 1 && k < n; k++)
		(void)mem_get(p + k * sizeof(VLDST_TYPE), VLDST_SIZE);
}

static ALWAYS_INLINE bool load_lane(struct cpu *cpu, const struct insn *i)
{
	const uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_read(cpu, i, cpu->x[i->rn], i->aux * sizeof(VLDST_TYPE));
	if (unlikely(!p))
		return false;
	try_elements(p, i->aux);
	for (unsigned int k = 0; k < i->aux; k++, p += sizeof(VLDST_TYPE)) {
		VLDST_TYPE v;

		memcpy(&v, p, sizeof(v));
		vreg_after(cpu, i, k)->VLDST_FIELD[i->ra] = ORDER(v);
	}
	vstruct_write_back(cpu, i);
	return true;
}

static ALWAYS_INLINE bool store_lane(struct cpu *cpu, const struct insn *i)
{
	uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_write(cpu, i, cpu->x[i->rn], i->aux * sizeof(VLDST_TYPE));
	if (unlikely(!p))
		return false;
	for (unsigned int k = 0; k < i->aux; k++, p += sizeof(VLDST_TYPE)) {
		VLDST_TYPE v = ORDER(vreg_after(cpu, i, k)->VLDST_FIELD[i->ra]);

		memcpy(p, &v, sizeof(v));
	}
	vstruct_write_back(cpu, i);
	return true;
}

static ALWAYS_INLINE bool load_replicate(struct cpu *cpu, const struct insn *i)
{
	const uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_read(cpu, i, cpu->x[i->rn], i->aux * sizeof(VLDST_TYPE));
	if (unlikely(!p))
		return false;
	try_elements(p, i->aux);
	for (unsigned int k = 0; k < i->aux; k++, p += sizeof(VLDST_TYPE)) {
		VLDST_TYPE v;
		union vreg r;

		memcpy(&v, p, sizeof(v));
		for (unsigned int l = 0; l < 16 / sizeof(v); l++)
			r.VLDST_FIELD[l] = ORDER(v);
		if (i->ra == 8)
			r.d[1] = 0;
		*vreg_after(cpu, i, k) = r;
	}
	vstruct_write_back(cpu, i);
	return true;
}

static void exec_ld_lane(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_lane(cpu, i)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_st_lane(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_lane(cpu, i)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

/* LD1R-LD4R */
static void exec_ld_replicate(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_replicate(cpu, i)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *VLDST_STRUCT(const struct insn *i)
{
	static insn_fn *const loads[] = {[2] = exec_ld2, exec_ld3, exec_ld4};
	static insn_fn *const stores[] = {[2] = exec_st2, exec_st3, exec_st4};
	bool load = i->form & VLDST_LOAD;

	switch (i->form & ~VLDST_LOAD) {
	case VLDST_INTERLEAVED: return load ? loads[i->aux] : stores[i->aux];
	case VLDST_LANE: return load ? exec_ld_lane : exec_st_lane;
	default: return exec_ld_replicate;
	}
}
