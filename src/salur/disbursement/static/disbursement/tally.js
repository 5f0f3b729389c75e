// Adds up the notes as they are typed. The server counts again.
const rupiah = (value) => `Rp${value.toString().replace(/\B(?=(\d{3})+$)/g, ".")}`;

for (const tally of document.querySelectorAll("[data-tally]")) {
  const inputs = [...tally.querySelectorAll("input[data-worth]")];
  const sum = tally.querySelector("[data-tally-sum]");
  const add = () => {
    const total = inputs.reduce((all, input) => {
      const count = Number.parseInt(input.value.replaceAll(".", ""), 10);
      return all + (Number.isNaN(count) ? 0 : count) * Number(input.dataset.worth);
    }, 0);
    sum.textContent = rupiah(total);
  };
  tally.addEventListener("input", add);
  add();
}
