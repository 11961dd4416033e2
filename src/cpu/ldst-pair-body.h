/* SPDX-License-Identifier: MIT */
/*
 * The fast bodies of loads and stores of a pair of general registers.
 * ldst-32.c and ldst-64.c include it behind ldst-body.h, LDST_PAIR_BODIES is
 * the name of the table. Both registers have to be in one page. LDNP and STNP
 * are as LDP and STP. "_sp": the base is SP.
 */

/* FEAT_LSE2: two doublewords are one access if they are aligned together. */
static ALWAYS_INLINE struct host_pair pair_load(const DATA *p,
						enum a64_ldst_kind kind)
{
	struct host_pair val;

	if (BITS != 64)
		return (struct host_pair){data_load(&p[0], kind),
					  data_load(&p[1], kind)};
	val = host_load_16(p);
	return (struct host_pair){mem_order(val.first, LOG_BYTES),
				  mem_order(val.second, LOG_BYTES)};
}

static ALWAYS_INLINE void pair_store(DATA *p, uint64_t first, uint64_t second)
{
	if (BITS == 64) {
		host_store_16(p,
			      (struct host_pair){mem_order(first, LOG_BYTES),
						 mem_order(second, LOG_BYTES)});
		return;
	}
	data_store(&p[0], first);
	data_store(&p[1], second);
}

static ALWAYS_INLINE bool load_pair(struct cpu *cpu, const struct insn *i,
				    enum a64_ldst_mode mode,
				    enum ldst_base base,
				    enum a64_ldst_kind kind)
{
	uint64_t *const b = ldst_base(cpu, i, base);
	gva_t va = ldst_address(cpu, i, mode, *b);
	const DATA *host;
	struct host_pair val;

	if (unlikely(ldst_base_bad(cpu, i, base)))
		return false;
	host = mem_try_read(cpu, i, va, 2 * sizeof(DATA));
	if (unlikely(!host))
		return false;
	val = pair_load(host, kind);
	cpu->x[i->ra] = val.second;
	cpu->x[i->rd] = val.first;
	ldst_write_back(i, mode, b, va);
	return true;
}

static ALWAYS_INLINE bool store_pair(struct cpu *cpu, const struct insn *i,
				     enum a64_ldst_mode mode,
				     enum ldst_base base)
{
	uint64_t *const b = ldst_base(cpu, i, base);
	gva_t va = ldst_address(cpu, i, mode, *b);
	uint64_t first = cpu->x[i->rd], second = cpu->x[i->ra];
	DATA *host;

	if (unlikely(ldst_base_bad(cpu, i, base)))
		return false;
	host = mem_try_write(cpu, i, va, 2 * sizeof(DATA));
	if (unlikely(!host))
		return false;
	pair_store(host, first, second);
	ldst_write_back(i, mode, b, va);
	return true;
}

static void exec_ldp_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_OFFSET, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldp_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_PRE, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldp_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_POST, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldp_offset_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_OFFSET, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldp_pre_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_PRE, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldp_post_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_POST, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_OFFSET, BASE_GP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_PRE, BASE_GP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_POST, BASE_GP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_offset_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_OFFSET, BASE_SP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_pre_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_PRE, BASE_SP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

static void exec_stp_post_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_pair(cpu, i, LDST_POST, BASE_SP)))
		return exec_ldst_store_pair_slow(cpu, i);
	NEXT;
}

#if BITS == 32
static void exec_ldpsw_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_OFFSET, BASE_ANY, LDST_LOAD_SX)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldpsw_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_PRE, BASE_ANY, LDST_LOAD_SX)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

static void exec_ldpsw_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_pair(cpu, i, LDST_POST, BASE_ANY, LDST_LOAD_SX)))
		return exec_ldst_load_pair_slow(cpu, i);
	NEXT;
}

#endif

ldst_pair_bodies LDST_PAIR_BODIES = {
	[0][LDST_STORE] =
		{
			[LDST_OFFSET] = exec_stp_offset,
			[LDST_PRE] = exec_stp_pre,
			[LDST_POST] = exec_stp_post,
		},
	[0][LDST_LOAD] =
		{
			[LDST_OFFSET] = exec_ldp_offset,
			[LDST_PRE] = exec_ldp_pre,
			[LDST_POST] = exec_ldp_post,
		},
	[1][LDST_STORE] =
		{
			[LDST_OFFSET] = exec_stp_offset_sp,
			[LDST_PRE] = exec_stp_pre_sp,
			[LDST_POST] = exec_stp_post_sp,
		},
	[1][LDST_LOAD] =
		{
			[LDST_OFFSET] = exec_ldp_offset_sp,
			[LDST_PRE] = exec_ldp_pre_sp,
			[LDST_POST] = exec_ldp_post_sp,
		},
#if BITS == 32
	[0][LDST_LOAD_SX] =
		{
			[LDST_OFFSET] = exec_ldpsw_offset,
			[LDST_PRE] = exec_ldpsw_pre,
			[LDST_POST] = exec_ldpsw_post,
		},
	[1][LDST_LOAD_SX] =
		{
			[LDST_OFFSET] = exec_ldpsw_offset,
			[LDST_PRE] = exec_ldpsw_pre,
			[LDST_POST] = exec_ldpsw_post,
		},
#endif
};
