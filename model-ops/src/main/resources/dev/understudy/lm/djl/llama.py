# Llama-like decoder, distillation loss and AdamW in the TorchScript dialect that torch::jit::load compiles at load.
# B batch, S tokens, H query heads, K key/value heads, D head size, F feed-forward, V vocabulary, N tokens of any rows or
# chosen positions, M pages of a row. Weights come in as one List[Tensor]:
#   w[0] embedding (V,d)  w[1] head (V,d; the same tensor when tied)  w[2] final norm (d)
#   w[3] cos (T,D)  w[4] sin (T,D; first half negated)  w[5] empty
#   then 12 a layer, empty where the architecture has none:
#   0 ln1 (d)  1 wqkv ((H+2K)*D,d)  2 its bias  3 query norm (D)  4 key norm (D)  5 wo (d,H*D)  6 its bias
#   7 ln2 (d)  8 wgu (2F,d)  9 its bias  10 wd (d,F)  11 its bias
# Rotary pairs are halves (j, j + D/2). The lean form (see form) says the same with fewer operations, for inference on the
# CPU, where an operation costs more than its arithmetic; it is told by w[5], which holds a number then.
# p holds the same matrices and biases packed in half precision, wqkv wo wgu wd of each layer and then the head, or
# nothing. window: a token sees its own and the window - 1 positions before it; 0 is no limit.
# The cache is pages of D positions of one row: keys (K,D,D) with the position last, values (K,D,D) with it in the middle.

def layers(w: List[Tensor]) -> int:
  return (len(w) - 6) // 12

def rms(x: Tensor, w: Tensor, eps: float, c: Tensor) -> Tensor:
  # lean: c is sqrt(d eps), and the gain w holds the factor sqrt(d), so that x / sqrt(|x|^2 + c^2) is left to do
  if c.dim() > 0:
    y = torch.rms_norm(x, [x.size(-1)], w, eps)
  else:
    y = torch.mul_(torch.div(x, torch.hypot_(torch.linalg_vector_norm(x, 2, [-1], True), c)), w)
  return y

def lin(x: Tensor, w: Tensor, b: Optional[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int) -> Tensor:
  # x (...,in), w (out,in), b (out) -> (...,out)
  if len(p) > 0:
    y = ops.quantized.linear_dynamic_fp16(x, p[i])
  elif w.dtype == 15:
    y = torch.linear(x.to(15), w).to(6)
    if b is not None:
      y = torch.add_(y, b)
  elif w.is_mkldnn:
    y = ops.mkldnn._linear_pointwise(x, w, b, "none", [], "")
  else:
    y = torch.linear(x, w, b)
  return y

def bias(b: Tensor) -> Optional[Tensor]:
  out = annotate(Optional[Tensor], None)
  if b.size(0) > 0:
    out = b
  return out

def turns(w: List[Tensor], pos: Tensor) -> Tuple[Tensor, Tensor]:
  # rotary factors of positions pos (N): cos and sin (N,1,D), or lean one complex factor (N,(H+2K)*D/2) that is 1 for v
  a = torch.index_select(w[3], 0, pos).unsqueeze(1)
  if w[5].dim() > 0:
    a, b = a.to(w[0].dtype), torch.index_select(w[4], 0, pos).unsqueeze(1).to(w[0].dtype)
  else:
    a = torch.where(w[4], a, 1.0).view([pos.size(0), -1])
    b = a
  return (a, b)

def qkv(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, a: Tensor, b: Tensor, H: int, K: int, eps: float) -> Tensor:
  # x (N,d) -> (N*(H+2K),D): of each token the query heads, the key heads, the value heads; q and k rotated
  o = 6 + 12 * i
  N = x.size(0)
  y = __torch__.lin(__torch__.rms(x, w[o], eps, w[5]), w[o + 1], __torch__.bias(w[o + 2]), p, 4 * i)
  if w[o + 3].size(0) > 0:
    q, k, v = torch.split(y.view([N, H + 2 * K, -1]), [H, K, K], 1)
    c = w[5]
    if c.dim() == 0:
      c = torch.mul(c, (float(q.size(2)) / float(x.size(1))) ** 0.5)
    y = torch.cat([__torch__.rms(q, w[o + 3], eps, c), __torch__.rms(k, w[o + 4], eps, c), v], 1)
  if w[5].dim() > 0:
    qk, v = torch.split(y.view([N, H + 2 * K, -1]), [H + K, K], 1)
    f, s = torch.chunk(qk, 2, -1)
    y = torch.cat([torch.add(torch.mul(qk, a), torch.mul(torch.cat([s, f], -1), b)), v], 1)
  else:
    torch.mul_(torch.view_as_complex(y.view([N, -1, 2])), a)
  return y.view([N * (H + 2 * K), -1])

def rest(x: Tensor, a: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, eps: float) -> Tensor:
  # what follows attention in one layer: x (N,d), a (N,H*D)
  o = 6 + 12 * i
  x = torch.add_(__torch__.lin(a, w[o + 5], __torch__.bias(w[o + 6]), p, 4 * i + 1), x)
  g, u = torch.chunk(__torch__.lin(__torch__.rms(x, w[o + 7], eps, w[5]), w[o + 8], __torch__.bias(w[o + 9]), p, 4 * i + 2), 2, -1)
  return torch.add_(__torch__.lin(torch.mul(torch.silu(g), u), w[o + 10], __torch__.bias(w[o + 11]), p, 4 * i + 3), x)

def head(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], eps: float) -> Tensor:
  return __torch__.lin(__torch__.rms(x, w[2], eps, w[5]), w[1], None, p, len(p) - 1)

def hidden(w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, H: int, K: int, eps: float, window: int) -> Tensor:
  # whole sequences without a cache: ids (B,S) -> (B,S,d) before the final norm
  B, S = ids.size(0), ids.size(1)
  pos = torch.arange(S, device=ids.device)
  # plain causal attention has a kernel of its own that needs no mask
  mask = annotate(Optional[Tensor], None)
  if window > 0:
    if window < S:
      ago = torch.sub(pos.unsqueeze(1), pos.unsqueeze(0))
      mask = torch.logical_and(torch.ge(ago, 0), torch.lt(ago, window))
  a, b = __torch__.turns(w, pos.repeat([B]))
  x = torch.embedding(w[0], ids.view([-1]))
  for i in range(__torch__.layers(w)):
    y = __torch__.qkv(x, w, p, i, a, b, H, K, eps).view([B, S, H + 2 * K, -1]).transpose(1, 2)
    q, k, v = torch.split(y, [H, K, K], 1)
    if K != H:
      k = k.unsqueeze(2).expand([-1, -1, H // K, -1, -1]).reshape([B, H, S, -1])
      v = v.unsqueeze(2).expand([-1, -1, H // K, -1, -1]).reshape([B, H, S, -1])
    y = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, mask is None)
    x = __torch__.rest(x, y.transpose(1, 2).reshape([B * S, -1]), w, p, i, eps)
  return x.view([B, S, -1])

def figures(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], eps: float, top: int, full: bool, hidden: bool) -> Tensor:
  # x (N,d) before the final norm -> (N, 2 top + 1 [+ V] [+ d]): ids (exact in fp32 below 2^24), their log-probabilities,
  # minus the entropy, logits, what the head was given
  x = __torch__.rms(x, w[2], eps, w[5])
  logits = __torch__.lin(x, w[1], None, p, len(p) - 1).to(6)
  lp = torch.log_softmax(logits, -1)
  v, ix = torch.topk(lp, top, -1)
  out = [ix.to(6), v, torch.sum(torch.mul_(torch.exp(lp), lp), [-1], True)]
  if full:
    out.append(logits)
  if hidden:
    out.append(x.to(6))
  return torch.cat(out, 1)

def pairs(t: Tensor, heads: int) -> Tensor:
  # rows of some heads: rotary pairs from halves (j, j + D/2) to neighbours (2j, 2j + 1)
  return t.view([heads, 2, t.size(0) // heads // 2, -1]).transpose(1, 2).reshape(t.size())

def mixture(p: Tensor, q: Tensor, share: float) -> Tensor:
  # log-probabilities of share p + (1 - share) q
  if share == 0.0:
    m = q
  elif share == 1.0:
    m = p
  else:
    m = torch.logaddexp(torch.add(p, torch.log(share)), torch.add(q, torch.log(1.0 - share)))
  return m

def dot(a: Tensor, b: Tensor) -> Tensor:
  # (N,k) and (N,k) -> (N,1), row by row
  return torch.bmm(a.unsqueeze(1), b.unsqueeze(2)).squeeze(2)

def divergence(mass: Tensor, p: Tensor, q: Tensor, w: Tensor, terms: List[float]) -> Tuple[Tensor, Tensor]:
  # over the same k buckets (N,k) the teacher's probabilities, their logarithms, and the student's logarithms q; w (N,1)
  # weights -> nats (N,1), and h (N,k), the student's probability times the derivative by it, weighted. terms = weight
  # and teacher's share in the mixture m, for KL(p || m) and then for KL(q || m)
  nats = torch.zeros([q.size(0), 1], dtype=q.dtype, device=q.device)
  h = annotate(Optional[Tensor], None)
  if terms[0] > 0.0:
    m = __torch__.mixture(p, q, terms[1])
    nats = torch.mul(__torch__.dot(mass, torch.sub(p, m)), terms[0])
    if terms[1] == 0.0:
      h = torch.mul(mass, torch.mul(w, -terms[0]))
    else:
      h = torch.mul_(torch.mul_(torch.exp_(torch.sub(q, m)), mass), torch.mul(w, terms[0] * (terms[1] - 1.0)))
  if terms[2] > 0.0:
    ratio, own = torch.sub(q, __torch__.mixture(p, q, terms[3])), torch.exp(q)
    nats = torch.add(nats, torch.mul(__torch__.dot(own, ratio), terms[2]))
    part = ratio
    if terms[3] < 1.0:
      part = torch.sub(ratio, torch.exp(ratio), alpha=1.0 - terms[3])
    part = torch.mul_(torch.mul_(own, part), torch.mul(w, terms[2]))
    if h is None:
      h = part
    else:
      h = torch.add_(h, part)
  return (nats, unchecked_cast(Tensor, h))

def token_loss(logits: Tensor, ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor, terms: List[float], tau: float) -> Tuple[Tensor, Tensor]:
  # logits (N,V) of the student, weight (N) -> weighted sum of the nats, and its gradient (N,V) = q (slope - sum q slope),
  # by its formula: autograd would need three times the passes over (N,V). Whole laws: ids (0), law (N,V) the teacher's
  # logits. Cut laws: ids and law (N,k) the stored ids and their log-probabilities, tail (N) the teacher's mass outside
  # ids, or empty when it weighs nothing
  w = weight.unsqueeze(1)
  if ids.size(0) == 0:
    if tau != 1.0:
      law, logits = torch.div(law, tau), torch.div(logits, tau)
    p, q = torch.clamp_(torch.log_softmax(law, -1), -100.0), torch.log_softmax(logits, -1)
    nats, h = __torch__.divergence(torch.exp(p), p, q, torch.div(w, tau), terms)
    g = torch.addcmul_(h, torch.exp_(q), torch.sum(h, [1], True), value=-1)
  else:
    lp = torch.log_softmax(logits, -1)
    k, p, mass = ids.size(1), law, torch.exp(law)
    # an entry that only fills a row repeats an id: it must not count twice
    q = torch.masked_fill(torch.gather(lp, 1, ids), torch.lt(law, -1e4), -1e5)
    g = torch.scatter_(torch.exp_(lp), 1, ids, 0.0)
    if tail.size(0) > 0:
      # a sum over the ids outside: 1 - sum over the stored ones would cancel when the student is nearly certain
      out, rest = torch.clamp(torch.sum(g, [1], True), 1e-37), tail.unsqueeze(1)
      p, mass = torch.cat([p, torch.log(torch.clamp(rest, 1e-8))], 1), torch.cat([mass, rest], 1)
      nats, h = __torch__.divergence(mass, p, torch.cat([q, torch.log(out)], 1), w, terms)
      total = torch.sum(h, [1], True)
      g = torch.mul_(g, torch.sub(torch.div(torch.narrow(h, 1, k, 1), out), total))
      h = torch.narrow(h, 1, 0, k)
    else:
      nats, h = __torch__.divergence(mass, p, q, w, terms)
      total = torch.sum(h, [1], True)
      g = torch.mul_(g, torch.neg(total))
    g = torch.scatter_add_(g, 1, ids, torch.sub(h, torch.mul(torch.exp(q), total)))
  return (torch.sum(torch.mul(nats, w)), g)

def product(x: Tensor, w: Tensor) -> Tensor:
  # x (N,in), w (out,in) -> (N,out) without gradients: on the CPU oneDNN is the faster one
  if x.is_cuda:
    y = torch.linear(x, w)
  else:
    y = ops.mkldnn._linear_pointwise(x, w, None, "none", [], "")
  return y

def head_loss(x: Tensor, w: Tensor, ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor, terms: List[float], tau: float, learns: bool) -> Tuple[Tensor, Tensor, Tensor]:
  # x (N,d) as the head w (V,d) gets it, the rest as in token_loss -> the loss and its gradients by x and, where the head
  # learns, by w. On the CPU in pieces of n positions, whose arrays (n,V) stay in the cache: a megabyte each
  N, n = x.size(0), x.size(0)
  if not x.is_cuda:
    n = min(N, max(64, 262144 // w.size(0)))
  loss, dx, dw = torch.zeros([], device=x.device), torch.empty_like(x), torch.zeros([0], device=x.device)
  if learns:
    dw = torch.zeros_like(w)
  for i in range((N + n - 1) // n):
    a, m = i * n, min(n, N - i * n)
    y = torch.narrow(x, 0, a, m)
    some, rest = ids, tail
    if ids.size(0) > 0:
      some = torch.narrow(ids, 0, a, m)
    if tail.size(0) > 0:
      rest = torch.narrow(tail, 0, a, m)
    nats, g = __torch__.token_loss(__torch__.product(y, w), some, torch.narrow(law, 0, a, m), rest, torch.narrow(weight, 0, a, m), terms, tau)
    loss = torch.add(loss, nats)
    torch.copy_(torch.narrow(dx, 0, a, m), __torch__.product(g, w.t()))
    if learns:
      torch.addmm_(dw, g.t(), y)
  return (loss, dx, dw)

class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  H : int
  K : int
  D : int
  eps : float
  window : int
  W : List[Tensor]
  P2 : List[Tensor]
  M2 : List[Tensor]
  V2 : List[Tensor]
  T2 : List[Tensor]
  P1 : List[Tensor]
  M1 : List[Tensor]
  V1 : List[Tensor]
  T1 : List[Tensor]
  G2 : List[Tensor]
  G1 : List[Tensor]
  losses : List[Tensor]
  LA : List[Tensor]
  LB : List[Tensor]
  places : List[int]
  scale : float
  terms : List[float]
  tau : float
  lr : float
  wd : float
  wd1 : float
  clip : float
  beta1 : float
  beta2 : float

  def form(self, w: List[Tensor], lean: bool) -> List[Tensor]:
    # lean: rotary pairs are neighbours, so that one complex product turns a head, and norm gains hold the factor sqrt(size)
    out = w
    if lean:
      H, K = self.H, self.K
      D = w[3].size(1)
      h = D // 2
      turned = torch.lt(torch.arange(H + 2 * K), H + K).view([1, -1, 1])
      root = float(w[2].size(0)) ** 0.5
      cis = torch.complex(torch.narrow(w[3], 1, 0, h).contiguous(), torch.narrow(w[4], 1, h, h).contiguous())
      out = [w[0], w[1], torch.mul(w[2], root), cis, turned, torch.full([], root * self.eps ** 0.5)]
      for i in range(6, len(w)):
        t = w[i]
        j = (i - 6) % 12
        if t.size(0) > 0:
          if j == 0 or j == 7:
            t = torch.mul(t, root)
          elif j == 1 or j == 2:
            qk, v = torch.split(t, [(H + K) * D, K * D], 0)
            t = torch.cat([__torch__.pairs(qk, H + K), v], 0)
          elif j == 3 or j == 4:
            t = torch.mul(__torch__.pairs(t, 1), float(D) ** 0.5)
        out.append(t)
    return out

  def pack(self, w: List[Tensor], kernel: str) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    p = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    if kernel == "FP16":
      for i in range(__torch__.layers(w)):
        for j in [1, 5, 8, 10]:
          o = 6 + 12 * i + j
          p.append(ops.quantized.linear_prepack_fp16(w[o], __torch__.bias(w[o + 1])))
      p.append(ops.quantized.linear_prepack_fp16(w[1], None))
    return p

  def unpacked(self, w: List[Tensor], kernel: str) -> List[Tensor]:
    # what is needed beside pack: every matrix that lin multiplies as it is, in blocks for oneDNN, or not at all
    out = annotate(List[Tensor], [])
    for i in range(len(w)):
      matrix = i == 1
      if i >= 6:
        matrix = w[i].dim() == 2
      if matrix and kernel == "BF16" and i != 1:
        out.append(w[i].to(15))
      elif matrix and (kernel == "ONEDNN" or kernel == "BF16"):
        # logits rounded to eight bits would tie: the head of BF16 stays exact
        out.append(ops.mkldnn._reorder_linear_weight(w[i]))
      elif matrix and kernel == "FP16":
        out.append(torch.empty([0]))
      elif kernel == "HALF" and i != 3 and i != 4:
        # rotary tables stay exact until a position is looked up
        out.append(w[i].to(5))
      else:
        out.append(w[i])
    return out

  def score(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, at: Tensor, top: int, full: bool, hidden: bool) -> Tensor:
    # ids (B,S), at (N) flat positions
    x = __torch__.hidden(w, p, ids, self.H, self.K, self.eps, self.window)
    x = torch.index_select(x.view([-1, x.size(2)]), 0, at)
    return __torch__.figures(x, w, p, self.eps, top, full, hidden).cpu()

  def pages(self, w: List[Tensor], count: int) -> Tensor:
    # (L,P,2KDD) zeros: a page of never written values must stay finite
    return torch.zeros([__torch__.layers(w), count, 2 * self.K * self.D * self.D], dtype=w[0].dtype, device=w[0].device)

  def move_pages(self, old: Tensor, new: Tensor, kept: Tensor) -> NoneType:
    # page kept[i] of every layer becomes page i
    torch.copy_(torch.narrow(new, 1, 0, kept.size(0)), torch.index_select(old, 1, kept))
    return None

  def pool(self, pages: Tensor) -> List[Tensor]:
    # 3 a layer: all its elements (P*2KDD), and in rows of D the keys from the first page on and the values
    out = annotate(List[Tensor], [])
    for t in torch.unbind(pages, 0):
      rows = t.view([-1, self.D])
      out.append(t.view([-1]))
      out.append(rows)
      out.append(torch.narrow(rows, 0, self.K * self.D, rows.size(0) - self.K * self.D))
    return out

  def lookups(self, pages: Tensor) -> List[Tensor]:
    # pages (N,M) of each token's row -> what feed looks up, the same in every layer: for each token, head, page and
    # position the row in keys or values; where each sum begins, one a page for scores and one a head for values; and of
    # what qkv gives the rows to store, then those of q, each once a page
    H, K, D = self.H, self.K, self.D
    N, M = pages.size(0), pages.size(1)
    e = pages.device
    page = torch.mul(pages.view([N, 1, M, 1]), 2 * K * D)
    row = torch.add(torch.mul(torch.arange(K, dtype=3, device=e), D).view([K, 1, 1]), torch.arange(D, dtype=3, device=e))
    look = torch.add(page, row).unsqueeze(2).expand([N, K, H // K, M, D]).reshape([-1])
    n = look.size(0)
    token = torch.mul(torch.arange(N, device=e), H + 2 * K).unsqueeze(1)
    q = torch.add(token, torch.arange(H, device=e)).unsqueeze(2).expand([N, H, M]).reshape([-1])
    kv = torch.add(token, torch.arange(H, H + 2 * K, device=e)).view([-1])
    return [look, torch.arange(0, n, D, dtype=3, device=e), torch.arange(0, n, M * D, dtype=3, device=e), torch.cat([kv, q])]

  def feed(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], kv: List[Tensor], look: List[Tensor], at: Tensor, mask: Tensor, top: int, full: bool, hidden: bool, out: Tensor) -> NoneType:
    # N tokens of any rows on top of the cache, those of one row in order: at = their positions, their ids, where the
    # elements of their keys and values go (2KD each), and which of them are reported; mask (N,1,M*D) is 0 where a token
    # sees a position of its row and -inf elsewhere. What is reported of each goes to out, which lies in Java's memory
    H, K, D = self.H, self.K, self.D
    N = mask.size(0)
    written = N * 2 * K * D
    pos, ids, slots, kept = torch.split(at.to(w[0].device), [N, N, written, at.size(0) - 2 * N - written])
    a, b = __torch__.turns(w, pos)
    mask = mask.to(w[0].device, w[0].dtype)
    x = torch.embedding(w[0], ids)
    for i in range(__torch__.layers(w)):
      y = __torch__.qkv(x, w, p, i, a, b, H, K, self.eps)
      y, q = torch.split(torch.index_select(y, 0, look[3]).view([-1]), [written, look[0].size(0)])
      torch.index_copy_(kv[3 * i], 0, slots, y)
      # attention is two weighted sums of rows in pages: scores are q over rows of keys, the result is the scores' softmax
      # over rows of values. Nothing is gathered or padded beyond the page, and the kernel fetches ahead
      s = torch._embedding_bag_forward_only(kv[3 * i + 1], look[0], look[1], False, 0, False, q)[0]
      s = torch.softmax(torch.add(mask, s.view([N, H, -1]), alpha=float(D) ** -0.5), -1).view([-1])
      y = torch._embedding_bag_forward_only(kv[3 * i + 2], look[0], look[2], False, 0, False, s)[0]
      x = __torch__.rest(x, y.view([N, H * D]), w, p, i, self.eps)
    if kept.size(0) < N:
      x = torch.index_select(x, 0, kept)
    torch.copy_(out, __torch__.figures(x, w, p, self.eps, top, full, hidden))
    return None

  def set_weights(self, w: List[Tensor]) -> NoneType:
    self.W = w
    return None

  def set_matrices(self, p: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor]) -> NoneType:
    # two-dimensional parameters, each once, with their moments and step counts
    self.P2 = p
    self.M2 = m
    self.V2 = v
    self.T2 = t
    return None

  def set_gains(self, p: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor]) -> NoneType:
    # norm gains, which do not decay
    self.P1 = p
    self.M1 = m
    self.V1 = v
    self.T1 = t
    return None

  def set_adapters(self, a: List[Tensor], b: List[Tensor], places: List[int], scale: float) -> NoneType:
    # a (r,in), b (out,r) and, for each, three places: index in W, first row, rows; ascending
    self.LA = a
    self.LB = b
    self.places = places
    self.scale = scale
    return None

  def weights(self) -> List[Tensor]:
    # what a step multiplies with: W, and scale * B A added where there is an adapter
    out = annotate(List[Tensor], [])
    j = 0
    for i in range(len(self.W)):
      w = self.W[i]
      row = 0
      parts = annotate(List[Tensor], [])
      while self.adapted(j, i):
        first, rows = self.places[3 * j + 1], self.places[3 * j + 2]
        if first > row:
          parts.append(torch.narrow(w, 0, row, first - row))
        parts.append(torch.addmm(torch.narrow(w, 0, first, rows), self.LB[j], self.LA[j], beta=1, alpha=self.scale))
        row = first + rows
        j = j + 1
      if row > 0:
        if row < w.size(0):
          parts.append(torch.narrow(w, 0, row, w.size(0) - row))
        w = torch.cat(parts, 0)
      out.append(w)
    return out

  def adapted(self, j: int, i: int) -> bool:
    # whether adapter j changes W[i]
    yes = False
    if j < len(self.LA):
      yes = self.places[3 * j] == i
    return yes

  def hyper(self, lr: float, wd: float, wd1: float, clip: float, beta1: float, beta2: float) -> NoneType:
    self.lr = lr
    self.wd = wd
    self.wd1 = wd1
    self.clip = clip
    self.beta1 = beta1
    self.beta2 = beta2
    return None

  def set_loss(self, terms: List[float], tau: float) -> NoneType:
    self.terms = terms
    self.tau = tau
    return None

  def logits(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, at: Tensor) -> Tensor:
    # what a teacher says at positions at (N) of ids (B,S) -> (N,V)
    x = __torch__.hidden(w, p, ids, self.H, self.K, self.eps, self.window)
    return __torch__.head(torch.index_select(x.view([-1, x.size(2)]), 0, at), w, p, self.eps).to(6)

  def begin(self) -> NoneType:
    # forgets what parts have left behind
    self.G2 = annotate(List[Tensor], [])
    self.G1 = annotate(List[Tensor], [])
    self.losses = annotate(List[Tensor], [])
    return None

  def train_part(self, ids: Tensor, at: Tensor, top_ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    # forward, loss and gradient of one part, added to what earlier parts have left; weight (N) sums to 1 over all parts
    prev = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    none = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    w = self.W
    if len(self.LA) > 0:
      w = self.weights()
    x = __torch__.hidden(w, none, ids, self.H, self.K, self.eps, self.window)
    x = __torch__.rms(torch.index_select(x.view([-1, x.size(2)]), 0, at), w[2], self.eps, w[5])
    torch.set_grad_enabled(False)
    learns = w[1].requires_grad
    loss, dx, dw = __torch__.head_loss(x.detach(), w[1].detach(), top_ids, law, tail, weight, self.terms, self.tau, learns)
    g2 = annotate(List[Tensor], [])
    g1 = annotate(List[Tensor], [])
    grads = torch.autograd.grad([x], torch.add(self.P2, self.P1), annotate(List[Optional[Tensor]], [dx]), None, False, True)
    for i in range(len(grads)):
      t = grads[i]
      if t is None:
        # a head that is not the embedding, which x does not depend on
        g2.append(dw)
      elif t.dim() == 2:
        if learns and i == 0 and w[0] is w[1]:
          t = torch.add(t, dw)
        g2.append(t)
      else:
        g1.append(t)
    if len(self.losses) == 0:
      self.G2 = g2
      self.G1 = g1
    else:
      torch._foreach_add_(self.G2, g2)
      if len(g1) > 0:
        torch._foreach_add_(self.G1, g1)
    self.losses = torch.add(self.losses, [loss])
    torch.set_grad_enabled(prev)
    return loss

  def train_update(self) -> Tensor:
    # clipping and AdamW on what the parts have left; returns [loss, gradient norm]. Nothing changes when one is not finite
    prev = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    norms = torch._foreach_norm(self.G2, 2)
    if len(self.G1) > 0:
      norms = torch.add(norms, torch._foreach_norm(self.G1, 2))
    norm = torch.linalg_vector_norm(torch.stack(norms))
    out = torch.stack([torch.sum(torch.stack(self.losses)), norm])
    if bool(torch.all(torch.isfinite(out))):
      scale = torch.clamp(torch.div(self.clip, torch.add(norm, 1e-6)), None, 1.0)
      # the lists must be attributes: an update of lists made here (slices) counts as dead code and is removed
      no = annotate(List[Tensor], [])
      torch._foreach_mul_(self.G2, scale)
      torch._foreach_add_(self.T2, 1)
      torch._fused_adamw_(self.P2, self.G2, self.M2, self.V2, no, self.T2, lr=self.lr, beta1=self.beta1, beta2=self.beta2, weight_decay=self.wd, eps=1e-8, amsgrad=False, maximize=False)
      if len(self.G1) > 0:
        torch._foreach_mul_(self.G1, scale)
        torch._foreach_add_(self.T1, 1)
        torch._fused_adamw_(self.P1, self.G1, self.M1, self.V1, no, self.T1, lr=self.lr, beta1=self.beta1, beta2=self.beta2, weight_decay=self.wd1, eps=1e-8, amsgrad=False, maximize=False)
    self.begin()
    torch.set_grad_enabled(prev)
    return out

  def train_step(self, ids: Tensor, at: Tensor, top_ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    # a batch of one part
    self.begin()
    self.train_part(ids, at, top_ids, law, tail, weight)
    return self.train_update()
