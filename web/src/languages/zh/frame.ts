export const frame: Record<string, string> = {
  "Phase view": "相图",
  "Language": "语言",
  "Pages": "页面",
  "Skip to the page": "跳到页面内容",
  "Undo and redo": "撤销与重做",
  "Undo": "撤销",
  "Redo": "重做",
  "Undo (Ctrl+Z)": "撤销（Ctrl+Z）",
  "Redo (Ctrl+Shift+Z)": "重做（Ctrl+Shift+Z）",
  "Close": "关闭",
  "The park": "园区",
  "This link was made for another model, or another edition of this one; what fits is shown.": "此链接是为另一个模型（或本模型的另一版本）制作的；仅显示适用的部分。",
  "This link was made with version {version} of the program.": "此链接由程序的 {version} 版制作。",
  "The file has {names} in force: the level of the link does not count, and is left out.": "文件中 {names} 本已实施：链接中的力度不计，已略去。",
  "The game has no {names}: left out.": "博弈中没有 {names}：已略去。",
  "Parts of the link could not be read: {parts}.": "链接的部分内容无法读取：{parts}。",
  "Every rest point has the label that the link says.": "每个均衡点的稳定性判定都与链接所载相同。",
  "Other than the link says:": "与链接所载不同：",
  "{id} was {before}, is {now}": "{id} 原为{before}，现为{now}",
  "no rest point": "非均衡点",
  "The server does not answer. What the page computes by itself goes on; everything else waits until it is back.":
    "服务器没有应答。页面自身的计算照常进行；其余的等服务器恢复后继续。",
  "You have been logged out. Log in again in another tab; then this page goes on by itself.":
    "您已退出登录。请在另一个标签页中重新登录，本页随后自行继续。",
  "The server was started anew. Open the address that it printed; then this page goes on by itself.":
    "服务器已重新启动。请打开它显示的地址，本页随后会自动继续。",
  "The server is back.": "服务器已恢复。",
};
