"""A decoding peer that `understudy bench decode --python` drives: one JSON request a line in, one JSON answer a line out.

    python peer_decode.py transformers|transformers-fp16|llama.cpp DIRECTORY

Request {"prompts": [[id, ...], ...], "tokens": N}: greedy continuation of every prompt by N ids, all in one batch.
Answer {"tokens": B * (N - 1), "seconds": s, "cpuSeconds": s, "ids": [[id, ...], ...]}: the first token, which contains the
prefill, is in neither time. DIRECTORY is a Hugging Face directory of a Llama-family model. One thread, as on the other side.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

torch.set_num_threads(1)


def clocks():
    return np.array([time.perf_counter(), time.process_time()])


class Transformers:
    """`generate` with its defaults: dynamic cache, scaled dot-product attention, fp32 or dynamically packed fp16."""

    def __init__(self, directory, half):
        from transformers import AutoModelForCausalLM

        self.model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
        if half:
            self.model = torch.ao.quantization.quantize_dynamic(self.model, {torch.nn.Linear}, dtype=torch.float16)

    def run(self, prompts, tokens):
        from transformers import StoppingCriteria

        times = []

        class Watch(StoppingCriteria):
            def __call__(self, input_ids, scores, **kwargs):
                times.append(clocks())
                return torch.zeros(input_ids.shape[0], dtype=torch.bool)

        longest = max(map(len, prompts))
        ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        with torch.inference_mode():
            out = self.model.generate(
                ids,
                attention_mask=mask,
                do_sample=False,
                max_new_tokens=tokens,
                min_new_tokens=tokens,
                eos_token_id=None,
                pad_token_id=0,
                stopping_criteria=[Watch()],
            )
        return times[-1] - times[0], out[:, longest:].tolist()


class LlamaCpp:
    """llama.cpp through its C interface: all sequences in one batch a step, F16 weights, argmax by numpy."""

    def __init__(self, directory):
        import llama_cpp

        self.api = llama_cpp
        self.file = Path(directory) / "peer.f16.gguf"
        if not self.file.exists():
            write_gguf(Path(directory), self.file)
        llama_cpp.llama_backend_init()
        # kept, or the callback would be collected
        self.quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
        llama_cpp.llama_log_set(self.quiet, None)
        self.model = llama_cpp.llama_model_load_from_file(
            str(self.file).encode(), llama_cpp.llama_model_default_params()
        )
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))

    def run(self, prompts, tokens):
        api, rows = self.api, len(prompts)
        longest = max(map(len, prompts))
        settings = api.llama_context_default_params()
        # a multiple of 256 for each sequence, which is what the library would round up to
        settings.n_ctx = rows * (-(-(longest + tokens) // 256) * 256)
        settings.n_seq_max = rows
        settings.n_batch = settings.n_ubatch = max(512, rows, longest)
        settings.n_threads = settings.n_threads_batch = 1
        context = api.llama_init_from_model(self.model, settings)
        batch = api.llama_batch_init(settings.n_batch, 0, 1)
        # the fields of the batch as arrays: filling them must not cost the peer a Python call a row
        token, position, wanted = (
            np.ctypeslib.as_array(field, (settings.n_batch,)) for field in (batch.token, batch.pos, batch.logits)
        )

        def sequence(slot, row):
            batch.n_seq_id[slot] = 1
            batch.seq_id[slot][0] = row

        def decode(count):
            batch.n_tokens = count
            if api.llama_decode(context, batch) != 0:
                raise RuntimeError("llama_decode failed")

        last = np.zeros(rows, dtype=np.int32)
        for row, prompt in enumerate(prompts):
            for slot in range(len(prompt)):
                sequence(slot, row)
            token[: len(prompt)] = prompt
            position[: len(prompt)] = np.arange(len(prompt))
            wanted[: len(prompt)] = 0
            wanted[len(prompt) - 1] = 1
            decode(len(prompt))
            last[row] = np.ctypeslib.as_array(api.llama_get_logits_ith(context, -1), (self.vocabulary,)).argmax()
        for row in range(rows):
            sequence(row, row)
        wanted[:rows] = 1
        lengths = np.array([len(prompt) for prompt in prompts])
        ids = [last]
        start = clocks()
        for step in range(tokens - 1):
            token[:rows] = last
            position[:rows] = lengths + step
            decode(rows)
            last = np.ctypeslib.as_array(api.llama_get_logits(context), (rows, self.vocabulary)).argmax(1)
            ids.append(last)
        times = clocks() - start
        api.llama_batch_free(batch)
        api.llama_free(context)
        return times, np.stack(ids, 1).tolist()


def write_gguf(directory, file):
    """The directory as GGUF without a vocabulary: ids in, ids out is all that is measured."""
    import gguf
    from safetensors.torch import load_file

    config = json.loads((directory / "config.json").read_text())
    weights = load_file(directory / "model.safetensors")
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    out = gguf.GGUFWriter(file, "llama")
    out.add_context_length(config["max_position_embeddings"])
    out.add_embedding_length(config["hidden_size"])
    out.add_block_count(config["num_hidden_layers"])
    out.add_feed_forward_length(config["intermediate_size"])
    out.add_head_count(heads)
    out.add_head_count_kv(groups)
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    out.add_rope_dimension_count(config["head_dim"])
    out.add_rope_freq_base(config.get("rope_theta", 10000.0))
    out.add_vocab_size(config["vocab_size"])
    out.add_tokenizer_model("none")
    out.add_file_type(gguf.LlamaFileType.MOSTLY_F16)

    def interleaved(matrix, count):
        # Hugging Face keeps rotary pairs as halves, llama.cpp as neighbours
        half = matrix.shape[0] // count // 2
        return matrix.reshape(count, 2, half, -1).transpose(1, 2).reshape(matrix.shape)

    names = {
        "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    tops = {"model.embed_tokens": "token_embd", "lm_head": "output", "model.norm": "output_norm"}
    for name, tensor in weights.items():
        stem = name.removesuffix(".weight")
        tensor = tensor.float()
        if stem in tops:
            target = tops[stem]
        else:
            _, _, layer, part = stem.split(".", 3)
            target = f"blk.{layer}.{names[part]}"
            if part.endswith(("q_proj", "k_proj")):
                tensor = interleaved(tensor, heads if part.endswith("q_proj") else groups)
        values = tensor.numpy()
        out.add_tensor(target + ".weight", values.astype("float16") if values.ndim == 2 else values)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def main():
    kind, directory = sys.argv[1], sys.argv[2]
    peer = LlamaCpp(directory) if kind == "llama.cpp" else Transformers(directory, kind == "transformers-fp16")
    print(json.dumps({"ready": kind}), flush=True)
    for line in sys.stdin:
        (seconds, cpu), ids = peer.run(**json.loads(line))
        tokens = sum(len(row) - 1 for row in ids)
        print(json.dumps({"tokens": tokens, "seconds": seconds, "cpuSeconds": cpu, "ids": ids}), flush=True)


if __name__ == "__main__":
    main()
